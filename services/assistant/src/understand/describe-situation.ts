import type { Language, Session } from '../session/session.ts'

type Situation = { language: Language; session: Session; now: number; timeZone: string; today: string }

const LISTED_MAX = 30
const WORDS_LENGTH_MAX = 1_000

/** What changes from message to message, as it follows the static prompt. Order numbers, but nobody's words or names. */
export function describeSituation({ language, session, now, timeZone, today }: Situation): string {
  const { pendingQuestion, lastList, focus } = session
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'full', timeStyle: 'short' }).format(
    now,
  )
  const listed = lastList && lastList.date >= today ? lastList.orderIds.slice(0, LISTED_MAX) : []
  return [
    'Situation',
    `language of the conversation: ${language}`,
    `local time: ${time}`,
    `open question: ${pendingQuestion ? questionText(pendingQuestion) : 'none'}`,
    `last list: ${listed.length > 0 ? listed.map((id, index) => `${index + 1}=#${id}`).join(' ') : 'none'}`,
    `order spoken of last: ${focus && focus.date >= today ? `#${focus.orderId}` : 'none'}`,
  ].join('\n')
}

/** The same for words that say it all: a reading of them depends on nothing else, and holds for every driver. */
export function describeQuestion({ language, session }: Pick<Situation, 'language' | 'session'>): string {
  return [
    'Situation',
    `language of the conversation: ${language}`,
    `open question: ${kindOfQuestion(session.pendingQuestion)}`,
  ].join('\n')
}

/** What was asked last, without whom or what it was about. */
export function kindOfQuestion(question: Session['pendingQuestion']): string {
  if (!question) return 'none'
  return question.kind === 'which-order' ? `which order (${question.tool})` : question.kind
}

function questionText(question: NonNullable<Session['pendingQuestion']>): string {
  switch (question.kind) {
    case 'confirm-order':
      return `confirm order #${question.orderId}?`
    case 'which-order':
      return `which order (${question.tool}): ${question.candidates.map((id, index) => `${index + 1}=#${id}`).join(' ')}`
    case 'confirm-all':
      return 'confirm all orders?'
    case 'confirm-report':
      return `${question.report.status} at order #${question.orderId}?`
    case 'check-in':
      return 'do you take the route of today? 1=accept 2=decline'
    case 'decline-reason':
      return 'why do you decline the route?'
  }
}

/** Everything that drivers wrote, as data: marked, shortened, without phone numbers. The last mark holds the message. */
export function quoteDriver(words: string, recent: Session['recent'] = []): string {
  const message = marked('driver_message', redactPhones(words.slice(0, WORDS_LENGTH_MAX)))
  if (recent.length === 0) return message
  return `${marked('earlier_messages', recent.map((exchange) => JSON.stringify(exchange)).join('\n'))}\n${message}`
}

function marked(tag: string, text: string): string {
  return `<${tag}>\n${text.replaceAll(/<\/?(?:driver_message|earlier_messages)>/gi, '')}\n</${tag}>`
}

/** Anything that could be a phone number: nine digits or more, with the usual separators. */
export function redactPhones(words: string): string {
  return words.replaceAll(/\+?\d(?:[\s().-]{0,2}\d){8,}/g, '[phone]')
}
