import type { StatusReplies } from './status-replies.ts'

export const es: StatusReplies = {
  help: 'Dime también cómo va: "entregué el 2 en la puerta", "no pude entregar el 3, no hay nadie", "llego 20 min tarde".',
  reasons: {
    closed: 'cerrado o nadie',
    wrong_address: 'dirección incorrecta',
    refused: 'rechazado',
    damaged: 'dañado',
    no_access: 'sin acceso',
    other: 'otro motivo',
  },
  arrived: ({ ref, customer }) => `📍 Llegaste a ${ref} (${customer}). Ya estoy avisando.`,
  delivered: ({ ref, customer, where, whom }) =>
    `✅ ${ref} (${customer}) está entregado${where ? ` ("${where}")` : ''}${whom ? `, con "${whom}"` : ''}. Ya estoy avisando.`,
  problem: ({ ref, customer, reason }) =>
    `⚠️ Anoté que ${ref} (${customer}) no se entregó: ${reason}. La central se entera.`,
  lateBy: ({ ref, customer, minutes }) =>
    `⏱️ Anoté que llegas ${minutes} min tarde a ${ref} (${customer}). Ya estoy avisando.`,
  lateUntil: ({ ref, customer, time }) =>
    `⏱️ Anoté que llegas a ${ref} (${customer}) a las ${time}. Ya estoy avisando.`,
  undoHint: '¿No es así? Por un momento puedes deshacerlo.',
  askArrived: ({ ref, customer }) => `¿Llegaste a ${ref} (${customer})?`,
  askDelivered: ({ ref, customer }) => `¿Entregaste ${ref} (${customer})?`,
  askProblem: ({ ref, customer, reason }) => `¿No se pudo entregar ${ref} (${customer}): ${reason}?`,
  askReason: ({ ref, customer }) => `¿Cuál es el problema en ${ref} (${customer})?`,
  askLate: ({ ref, customer }) => `¿Cuánto te vas a retrasar en ${ref} (${customer})?`,
  askLateBy: ({ ref, customer, minutes }) => `¿Aviso que llegas ${minutes} min tarde a ${ref} (${customer})?`,
  askLateUntil: ({ ref, customer, time }) => `¿Aviso que llegas a ${ref} (${customer}) a las ${time}?`,
  which: '¿De qué pedido hablas?',
  already: ({ ref, status }) =>
    `El pedido ${ref} ya está como ${status}. Si no es así, habla con la central.`,
  noneOpen: ({ name }) => `No te quedan paradas abiertas hoy, ${name}.`,
  notOfToday: ({ ref }) => `El pedido ${ref} es de mañana: puedes avisar mañana.`,
  undone: ({ ref }) => `↩️ Deshecho: nadie se enteró, y ${ref} está como antes.`,
  tooLate: ({ ref }) => `Lo que dijiste de ${ref} ya se pasó y no puedo deshacerlo. Habla con la central.`,
  rejected: ({ ref }) =>
    `⚠️ El sistema de pedidos no aceptó lo que informaste del pedido ${ref}. Habla con la central.`,
  buttons: {
    arrived: 'Ya llegué',
    delivered: 'Entregado',
    problem: 'Problema',
    yesArrived: 'Sí, llegué',
    yesDelivered: 'Sí, entregado',
    yesProblem: 'Sí, no entregado',
    yesLate: 'Sí',
    reasons: 'Elegir',
    minutes: ({ count }) => `${count} min`,
  },
}
