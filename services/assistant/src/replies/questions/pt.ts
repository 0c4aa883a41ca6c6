import type { QuestionReplies } from './question-replies.ts'

export const pt: QuestionReplies = {
  orderSays: ({ text }) => `O pedido diz:\n${text}`,
  orderSaysNothing: 'O pedido não diz nada sobre isso. Quer que eu pergunte à central?',
  notInOrder: ({ text }) =>
    `Não vejo isso no pedido. Isto é tudo o que ele diz:\n${text}\n\nQuer que eu pergunte à central?`,
  noPhone: 'Não posso mostrar o número do cliente. A central pode colocar vocês em contato.',
  unanswered:
    'Não tenho resposta para isso, e não vou inventar. Anotei a pergunta. Quer falar com uma pessoa?',
}
