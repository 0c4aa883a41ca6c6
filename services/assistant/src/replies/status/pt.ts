import type { StatusReplies } from './status-replies.ts'

export const pt: StatusReplies = {
  help: 'Diga também como vai: "entreguei o 2 na portaria", "não consegui entregar o 3, não tem ninguém", "vou atrasar 20 min".',
  reasons: {
    closed: 'fechado ou ninguém',
    wrong_address: 'endereço errado',
    refused: 'recusado',
    damaged: 'danificado',
    no_access: 'sem acesso',
    other: 'outro motivo',
  },
  arrived: ({ ref, customer }) => `📍 Você chegou no ${ref} (${customer}). Já estou avisando.`,
  delivered: ({ ref, customer, where, whom }) =>
    `✅ ${ref} (${customer}) está entregue${where ? ` ("${where}")` : ''}${whom ? `, com "${whom}"` : ''}. Já estou avisando.`,
  problem: ({ ref, customer, reason }) =>
    `⚠️ Anotei que ${ref} (${customer}) não foi entregue: ${reason}. A central fica sabendo.`,
  lateBy: ({ ref, customer, minutes }) =>
    `⏱️ Anotei que você vai atrasar ${minutes} min no ${ref} (${customer}). Já estou avisando.`,
  lateUntil: ({ ref, customer, time }) =>
    `⏱️ Anotei que você chega no ${ref} (${customer}) às ${time}. Já estou avisando.`,
  undoHint: 'Não é isso? Por um instante ainda dá para desfazer.',
  askArrived: ({ ref, customer }) => `Você chegou no ${ref} (${customer})?`,
  askDelivered: ({ ref, customer }) => `Você entregou o ${ref} (${customer})?`,
  askProblem: ({ ref, customer, reason }) => `O ${ref} (${customer}) não pôde ser entregue: ${reason}?`,
  askReason: ({ ref, customer }) => `Qual é o problema no ${ref} (${customer})?`,
  askLate: ({ ref, customer }) => `Quanto você vai atrasar no ${ref} (${customer})?`,
  askLateBy: ({ ref, customer, minutes }) =>
    `Posso avisar que você vai atrasar ${minutes} min no ${ref} (${customer})?`,
  askLateUntil: ({ ref, customer, time }) =>
    `Posso avisar que você chega no ${ref} (${customer}) às ${time}?`,
  which: 'De qual pedido você fala?',
  already: ({ ref, status }) =>
    `O pedido ${ref} já está como ${status}. Se não for isso, fale com a central.`,
  noneOpen: ({ name }) => `Você não tem mais paradas abertas hoje, ${name}.`,
  notOfToday: ({ ref }) => `O pedido ${ref} é de amanhã: você pode avisar amanhã.`,
  undone: ({ ref }) => `↩️ Desfeito: ninguém ficou sabendo, e o ${ref} está como antes.`,
  tooLate: ({ ref }) =>
    `O que você disse do ${ref} já foi passado adiante e não dá para desfazer. Fale com a central.`,
  rejected: ({ ref }) =>
    `⚠️ O sistema de pedidos não aceitou o que você informou do pedido ${ref}. Fale com a central.`,
  buttons: {
    arrived: 'Cheguei',
    delivered: 'Entregue',
    problem: 'Problema',
    yesArrived: 'Sim, cheguei',
    yesDelivered: 'Sim, entreguei',
    yesProblem: 'Sim, não entregue',
    yesLate: 'Sim',
    reasons: 'Escolher',
    minutes: ({ count }) => `${count} min`,
  },
}
