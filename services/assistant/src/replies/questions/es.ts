import type { QuestionReplies } from './question-replies.ts'

export const es: QuestionReplies = {
  orderSays: ({ text }) => `El pedido dice:\n${text}`,
  orderSaysNothing: 'El pedido no dice nada sobre eso. ¿Le pregunto a la central?',
  notInOrder: ({ text }) =>
    `No veo eso en el pedido. Esto es todo lo que dice:\n${text}\n\n¿Le pregunto a la central?`,
  noPhone: 'No puedo mostrarte el número del cliente. La central puede comunicarte con él.',
  unanswered:
    'No tengo respuesta para eso, y no voy a inventarla. Anoté la pregunta. ¿Quieres hablar con una persona?',
}
