import type { PeopleReplies } from './people-replies.ts'

export const pt: PeopleReplies = {
  asked: ({ name }) =>
    `🙋 Certo, ${name}, pedi uma pessoa à central. Eles veem nossas últimas mensagens e vão escrever aqui ou ligar para você. Até lá, continuo aqui para os seus pedidos.\n\nTem alguém em perigo? Ligue primeiro para a emergência.`,
  waiting: ({ age }) =>
    `🙋 A central já tem o seu chamado há ${age}. Alguém vai escrever aqui ou ligar. Se não der para esperar, ligue para eles.`,
  takenOver:
    '👤 Uma pessoa da central assumiu esta conversa e lê o que você escreve. Fico em silêncio até ela terminar.',
}
