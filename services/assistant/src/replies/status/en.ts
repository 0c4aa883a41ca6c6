import type { StatusReplies } from './status-replies.ts'

export const en: StatusReplies = {
  help: 'Tell me how it goes, too: "delivered 2 at the door", "couldn\'t deliver 3, nobody home", "I\'m 20 min late".',
  reasons: {
    closed: 'closed, nobody there',
    wrong_address: 'wrong address',
    refused: 'refused',
    damaged: 'damaged',
    no_access: 'no access',
    other: 'something else',
  },
  arrived: ({ ref, customer }) => `📍 You have arrived at ${ref} (${customer}). I'm passing it on.`,
  delivered: ({ ref, customer, where, whom }) =>
    `✅ ${ref} (${customer}) is delivered${where ? ` ("${where}")` : ''}${whom ? `, with "${whom}"` : ''}. I'm passing it on.`,
  problem: ({ ref, customer, reason }) =>
    `⚠️ I've noted that ${ref} (${customer}) was not delivered: ${reason}. Dispatch hears of it.`,
  lateBy: ({ ref, customer, minutes }) =>
    `⏱️ I've noted that you will be ${minutes} min late at ${ref} (${customer}). I'm passing it on.`,
  lateUntil: ({ ref, customer, time }) =>
    `⏱️ I've noted that you will be at ${ref} (${customer}) at ${time}. I'm passing it on.`,
  undoHint: 'Not right? For a moment you can undo it.',
  askArrived: ({ ref, customer }) => `Have you arrived at ${ref} (${customer})?`,
  askDelivered: ({ ref, customer }) => `Have you delivered ${ref} (${customer})?`,
  askProblem: ({ ref, customer, reason }) => `Could ${ref} (${customer}) not be delivered: ${reason}?`,
  askReason: ({ ref, customer }) => `What is the problem at ${ref} (${customer})?`,
  askLate: ({ ref, customer }) => `How late will you be at ${ref} (${customer})?`,
  askLateBy: ({ ref, customer, minutes }) =>
    `Shall I pass on that you will be ${minutes} min late at ${ref} (${customer})?`,
  askLateUntil: ({ ref, customer, time }) =>
    `Shall I pass on that you will be at ${ref} (${customer}) at ${time}?`,
  which: 'Which order do you mean?',
  already: ({ ref, status }) =>
    `Order ${ref} is already noted as ${status}. If that is wrong, please talk to dispatch.`,
  noneOpen: ({ name }) => `You have no open stops left today, ${name}.`,
  notOfToday: ({ ref }) => `Order ${ref} is one of tomorrow's: you can report it tomorrow.`,
  undone: ({ ref }) => `↩️ Undone: nobody has heard of it, and ${ref} is as it was.`,
  tooLate: ({ ref }) =>
    `What you said about ${ref} has been passed on, so I can't undo it. Please talk to dispatch.`,
  rejected: ({ ref }) =>
    `⚠️ The order system did not accept what you reported about order ${ref}. Please talk to dispatch.`,
  buttons: {
    arrived: "I'm here",
    delivered: 'Delivered',
    problem: 'Problem',
    yesArrived: 'Yes, arrived',
    yesDelivered: 'Yes, delivered',
    yesProblem: 'Yes, not delivered',
    yesLate: 'Yes',
    reasons: 'Choose',
    minutes: ({ count }) => `${count} min`,
  },
}
