import { en as consent } from './consent/en.ts'
import { en as events } from './events/en.ts'
import { en as languages, smallTalk } from './languages/en.ts'
import { en as limits } from './limits/en.ts'
import { plural } from './local-time.ts'
import { en as media } from './media/en.ts'
import { en as people } from './people/en.ts'
import { en as questions } from './questions/en.ts'
import type { Replies } from './replies.ts'
import { en as status } from './status/en.ts'
import { en as stops } from './stops/en.ts'

const orders = (count: number) => `${count} ${plural(count, 'en', { one: 'order', other: 'orders' })}`

export const en: Replies = {
  orders: {
    title: ({ count, name }) => `📦 You have ${orders(count)} today, ${name}!`,
    titleTomorrow: ({ count, name }) => `📦 You have ${orders(count)} tomorrow, ${name}!`,
    none: ({ name }) => `📦 You have no orders today, ${name}.`,
    noneTomorrow: ({ name }) => `📦 I see no orders for tomorrow yet, ${name}.`,
    heading: '🚚 Orders:',
    choose: ({ count }) =>
      count === 1
        ? 'Would you like the details? Type 1 to see them.'
        : `Would you like details on any order? Type from 1 to ${count} to choose any order.`,
    chooseFromList: ({ count }) => `Open the list or type from 1 to ${count} to see the details of an order.`,
    listButton: 'See orders',
    listSection: 'Orders',
    nextPage: 'Next',
    nextPageHint: ({ from, to }) => `Orders ${from} to ${to}`,
    page: ({ from, to, count }) => `🚚 Orders ${from} to ${to} of ${count}:`,
    unreachable:
      "I can't reach the order system right now, so I can't see your orders. Please try again in a few minutes.",
    lastKnown: ({ age }) => `⚠️ I can't reach the order system right now. Your last known orders, ${age} old:`,
  },
  order: {
    next: '🚚 Your next stop:',
    noNext: ({ name }) => `🏁 You have no open stops left today, ${name}.`,
    customer: 'Customer',
    phone: 'Phone',
    address: 'Address',
    window: 'Time',
    status: 'Status',
    items: 'Items',
    instructions: 'Instructions',
    notes: 'Notes',
    map: 'Map',
    statusNames: {
      pending: 'pending',
      assigned: 'assigned',
      confirmed: 'confirmed',
      en_route: 'on the way',
      arrived: 'arrived',
      delivered: 'delivered',
      failed: 'not delivered',
      cancelled: 'cancelled',
    },
    whatNext: 'What would you like to do?',
    notFound: ({ ref }) => `I don't see ${ref} among your orders today. Type "orders" to see them.`,
    notFoundUnnamed: 'I don\'t see that order among your orders today. Type "orders" to see them.',
    outOfRange: ({ count }) =>
      count === 1 ? 'The list has one order: type 1.' : `Please type a number from 1 to ${count}.`,
    which: 'Which order do you mean?',
  },
  confirm: {
    done: ({ ref }) => `✅ Order ${ref} is confirmed. I'm passing it on.`,
    already: ({ ref }) => `✅ Order ${ref} is already confirmed.`,
    closed: ({ ref, status }) => `Order ${ref} can't be confirmed any more: it is ${status}.`,
    ask: ({ ref, customer }) => `Do you want to confirm order ${ref} (${customer})?`,
    askAgain: ({ ref, customer }) =>
      `To be sure, I ask again: do you want to confirm order ${ref} (${customer})?`,
    leftAsIs: ({ ref }) => `OK, I leave order ${ref} as it is.`,
    which: 'Which order do you want to confirm?',
    nothingOpen: 'You have no orders to confirm right now.',
    rejected: ({ ref }) =>
      `⚠️ The order system did not accept the confirmation of order ${ref}. Please talk to dispatch.`,
  },
  route: {
    checkIn: ({ name, count, firstStop }) =>
      `☀️ Good morning, ${name}! You have ${orders(count)} today.\n\n📍 First stop: ${firstStop}\n\nReply 1 to accept or 2 to decline.`,
    reminder: ({ name, count, firstStop }) =>
      `⏰ ${name}, do you take today's route? ${orders(count)}.\n\n📍 First stop: ${firstStop}\n\nReply 1 to accept or 2 to decline.`,
    ask: "Do you take today's route? Reply 1 to accept or 2 to decline.",
    askAgain: "To be sure, I ask again: do you take today's route? Reply 1 to accept or 2 to decline.",
    accepted: ({ name, count }) =>
      count === 0
        ? `✅ Today's route is accepted, ${name}. Drive safely!`
        : `✅ Today's route is accepted, ${name}: ${orders(count)}. Drive safely!`,
    nextStops: '🚚 Your next stops:',
    alreadyAccepted: "✅ You have already accepted today's route.",
    askReason: ({ name }) =>
      `Sorry to hear that, ${name}. Why can't you take today's route? Write it in your own words: dispatch gets them as they are.`,
    declined: ({ name, reason }) =>
      `OK ${name}, I've noted that you can't take today's route: "${reason}"\n\nIn a minute I tell dispatch. Until then you can undo it. Take care!`,
    alreadyDeclined:
      "You have declined today's route, and dispatch is told. If you can take it after all, accept it here.",
    undone: "↩️ Undone: nobody has heard of it. Do you take today's route? Reply 1 to accept or 2 to decline.",
    restored: "↩️ Undone: nobody has heard of it, and today's route is accepted as before.",
    nothingToUndo: 'There is nothing to undo.',
    tooLateToUndo:
      "Dispatch has been told already, so I can't undo it. If you can take the route after all, accept it here and I tell them.",
    leftToDispatch: ({ until }) =>
      `It is after ${until}, so I can't change your route here. I've told dispatch: they will get back to you.`,
    rejected: "⚠️ The order system did not accept what you said about today's route. Please talk to dispatch.",
  },
  buttons: {
    confirmOrder: 'Confirm order',
    nextStop: 'Next stop',
    orders: 'My orders',
    help: 'Help',
    yes: 'Yes, confirm',
    no: 'No',
    accept: 'Accept',
    decline: 'Decline',
    undo: 'Undo',
    person: 'Talk to a person',
    details: 'Order details',
  },
  talk: {
    greeting: ({ name }) => `👋 Hi ${name}! What can I do for you?`,
    thanks: "👍 You're welcome. Drive safely!",
    help: 'I can show your orders of today, your next stop and the details of an order, confirm an order, and take down whether you accept or decline the route. Write in your own words, for example:\n• "What are my orders today?"\n• "What is my next stop?"\n• "Details of order 2"\n• "Confirm order 2"\n• "I accept the route"',
    notUnderstood:
      "Sorry, I didn't get that. You can ask for your orders, your next stop or the details of an order.",
    modelUnreachable:
      'I can\'t reach the language service right now. Numbers from the list still work, and so do "orders", "next" and "help".',
    nothingAsked: "I don't have an open question for you. What can I do for you?",
    tapClosed:
      'That choice is from an earlier day, so I did not apply it. Type "orders" to see what is on today.',
    notAllowed: 'You are not set up for this. Please talk to dispatch.',
    apology: 'I could not process your message. A person will look at it.',
  },
  kinds: {
    location: "📍 Thanks for the location. I can't use locations yet. Please write what you need.",
    image: "I can't read photos here. Please write it in words.",
    document: "I can't read documents here. Please write it in words.",
    video: "I can't watch videos yet. Please write what you need.",
    voice: "I couldn't open that voice note. Please send it again, or write it.",
    sticker: "Nice one! I can't read stickers, though. Please write what you need.",
    contacts: "I can't use contacts yet. Please write what you need.",
    order: "I can't take shopping orders here. Please write what you need.",
    changed: "I couldn't read your change. Please write it again.",
    other: "I can't read this kind of message. Please write what you need.",
  },
  media,
  events,
  people,
  consent,
  questions,
  limits,
  languages,
  smallTalk,
  status,
  stops,
  identity: {
    unknown:
      "Hello! I only assist drivers who are registered, and I don't know this number. Please talk to your dispatcher.",
    shareContact:
      "Hello! I can't see your phone number, so I don't know who you are. Please share your contact here and ask your dispatcher to register you.",
    locked:
      '🔒 Something about this WhatsApp account has changed. Dispatch must confirm that it is you before I can help. Please call them.',
    inactive:
      'Your driver account is not active at the moment, so I cannot show you anything. Please talk to dispatch.',
    suspended: 'Your driver account is suspended, so I cannot show you anything. Please talk to dispatch.',
  },
}
