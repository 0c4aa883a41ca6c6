import type { PeopleReplies } from './people-replies.ts'

export const es: PeopleReplies = {
  asked: ({ name }) =>
    `🙋 De acuerdo, ${name}, pedí a la central que te atienda una persona. Ven nuestros últimos mensajes y te van a escribir aquí o llamar. Mientras tanto sigo aquí para tus pedidos.\n\n¿Hay alguien en peligro? Llama primero a emergencias.`,
  waiting: ({ age }) =>
    `🙋 La central tiene tu solicitud desde hace ${age}. Alguien te va a escribir aquí o llamar. Si no puede esperar, llámales.`,
  takenOver:
    '👤 Una persona de la central atiende ahora esta conversación y lee lo que escribes. No digo nada hasta que termine.',
}
