import type { Language, Session } from '../session/session.ts'

type Situation = { language: Language; session: Session; now: number; timeZone: string; today: string }

const LISTED_MAX = 30
const WORDS_LENGTH_MAX = 1_000

/** What changes from message to message, as it follows the static prompt. Order numbers, but no person and no phone. */
export function describeSituation({ language, session, now, timeZone, today }: Situation): string {
  const { pendingQuestion, lastList, focus, recent } = session
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'full', timeStyle: 'short' }).format(
    now,
  )
  const listed = lastList?.date === today ? lastList.orderIds.slice(0, LISTED_MAX) : []
  return [
    'Situation',
    `language of the conversation: ${language}`,
    `local time: ${time}`,
    `open question: ${pendingQuestion ? questionText(pendingQuestion) : 'none'}`,
    `last list: ${listed.length > 0 ? listed.map((id, index) => `${index + 1}=#${id}`).join(' ') : 'none'}`,
    `order spoken of last: ${focus?.date === today ? `#${focus.orderId}` : 'none'}`,
    'last exchanges:',
    ...recent.map(({ driver, assistant }) => JSON.stringify({ driver, assistant })),
  ].join('\n')
}

function questionText(question: NonNullable<Session['pendingQuestion']>): string {
  return question.kind === 'confirm-order'
    ? `confirm order #${question.orderId}?`
    : `which order (${question.tool}): ${question.candidates.map((id, index) => `${index + 1}=#${id}`).join(' ')}`
}

/** The driver's words as data: marked, shortened, without phone numbers. */
export function quoteDriver(words: string): string {
  return `<driver_message>\n${redactPhones(words.slice(0, WORDS_LENGTH_MAX)).replaceAll(/<\/?driver_message>/gi, '')}\n</driver_message>`
}

/** Anything that could be a phone number: nine digits or more, with the usual separators. */
export function redactPhones(words: string): string {
  return words.replaceAll(/\+?\d(?:[\s().-]{0,2}\d){8,}/g, '[phone]')
}
