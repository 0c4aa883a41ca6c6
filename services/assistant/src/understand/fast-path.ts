import { languageWanted } from '../languages/language-words.ts'
import { NO_ORDER, parseTapId } from '../replies/buttons.ts'
import type { PendingQuestion, Session } from '../session/session.ts'
import { readReportTarget } from '../tools/ask-report.ts'
import { normalize, numberIn } from './normalize.ts'
import { COMMANDS, GREETINGS, NO, SMALL_TALK, THANKS, YES } from './phrases.ts'
import type { DriverInput } from './read-message.ts'
import { wholeReportIn } from './report-words.ts'
import { decisionIn, isReason, UNDO } from './route-words.ts'

/** What to do about a message. */
export type Intent =
  | { do: 'tool'; name: string; args: Record<string, unknown>; isLate?: true }
  | { do: 'page'; offset: number; day?: 'tomorrow' }
  | { do: 'leave'; orderId: string | undefined }
  | { do: 'undo'; commandId: string | undefined }
  | { do: 'say'; what: 'greeting' | 'thanks' | 'nothing-asked' | 'tap-closed' }
  | { do: 'out-of-range'; count: number }
  | { do: 'nothing' }

type Moment = { session: Session; today: string; sentAt: number }

/** A question stays open for an hour; after that a bare "yes" could be about anything. */
const QUESTION_OPEN_MS = 60 * 60_000
/** The one of the morning may wait until the driver is up. */
const CHECK_IN_OPEN_MS = 3 * QUESTION_OPEN_MS
const SECOND_MS = 1_000

/** Understands what needs no model: taps, and words that can only mean one thing here. `undefined` for the rest. */
export function takeFastPath(input: DriverInput, moment: Moment): Intent | undefined {
  switch (input.kind) {
    case 'tap':
      return tapped(input.id, moment)
    case 'reaction':
      return reacted(input.emoji, moment)
    case 'welcome':
      return { do: 'say', what: 'greeting' }
    case 'words':
      return said(normalize(input.text), { ...moment, text: input.text })
    default:
      return undefined
  }
}

function tapped(id: string, { today }: Moment): Intent | undefined {
  const tap = parseTapId(id)
  if (!tap) return undefined
  const { action, target, date } = tap
  if (action === 'orders') return { do: 'tool', name: 'get_orders', args: {} }
  if (action === 'next') return { do: 'tool', name: 'get_next_order', args: {} }
  if (action === 'help') return { do: 'tool', name: 'help', args: {} }
  if (action === 'language') return { do: 'tool', name: 'set_language', args: { to: target } }
  if (action === 'person') return { do: 'tool', name: 'request_human', args: {} }
  if (date !== today) return { do: 'say', what: 'tap-closed' }
  switch (action) {
    case 'page':
      return target.startsWith('t')
        ? { do: 'page', offset: Number(target.slice(1)) || 0, day: 'tomorrow' }
        : { do: 'page', offset: Number(target) || 0 }
    case 'details':
      return { do: 'tool', name: 'get_order_details', args: { order_ref: `#${target}` } }
    case 'confirm':
      return { do: 'tool', name: 'confirm_order', args: { order_ref: `#${target}` } }
    case 'keep':
      return { do: 'leave', orderId: target }
    case 'accept':
      return { do: 'tool', name: 'accept_route', args: {} }
    case 'decline':
      return { do: 'tool', name: 'decline_route', args: {} }
    case 'undo':
      return { do: 'undo', commandId: target }
    case 'confirmall':
      return { do: 'tool', name: 'confirm_order', args: { all: true } }
    case 'keepall':
      return { do: 'leave', orderId: undefined }
    case 'report':
      return reported(target)
    case 'proof':
      return {
        do: 'tool',
        name: 'attach_proof',
        args: target === NO_ORDER ? {} : { order_ref: `#${target}` },
      }
  }
}

function reported(target: string): Intent | undefined {
  const report = readReportTarget(target)
  if (!report) return undefined
  const { status, choice, orderId } = report
  const chosen =
    choice === undefined ? {} : status === 'problem' ? { reason: choice } : { minutes: Number(choice) }
  return { do: 'tool', name: 'report_status', args: { status, order_ref: `#${orderId}`, ...chosen } }
}

function reacted(emoji: string | undefined, moment: Moment): Intent {
  const question = moment.session.pendingQuestion
  const meaning = normalize(emoji ?? '')
  if (question?.kind === 'check-in') return aboutRoute(meaning, question, moment) ?? { do: 'nothing' }
  if (question?.kind === 'confirm-all' && YES.has(meaning))
    return inTime('confirm_order', { all: true }, question, moment)
  if (question?.kind === 'confirm-report') return aboutReport(meaning, question, moment) ?? { do: 'nothing' }
  if (question?.kind !== 'confirm-order') return { do: 'nothing' }
  if (YES.has(meaning)) return confirmed(question, moment)
  return NO.has(meaning) ? { do: 'leave', orderId: question.orderId } : { do: 'nothing' }
}

function said(words: string, { text, ...moment }: Moment & { text: string }): Intent | undefined {
  const isQuestion = /[?¿]/.test(text)
  // "yes?" and "ok?" answer nothing.
  if (isQuestion && (YES.has(words) || NO.has(words))) return undefined
  const question = moment.session.pendingQuestion
  if (question?.kind === 'confirm-order') {
    if (YES.has(words)) return confirmed(question, moment)
    if (NO.has(words)) return { do: 'leave', orderId: question.orderId }
  }
  if (question?.kind === 'confirm-all') {
    if (YES.has(words)) return inTime('confirm_order', { all: true }, question, moment)
    if (NO.has(words)) return { do: 'leave', orderId: undefined }
  }
  if (question?.kind === 'confirm-report') {
    const answer = aboutReport(words, question, moment)
    if (answer) return answer
  }
  if (question?.kind === 'check-in' && !isQuestion) {
    const decided = aboutRoute(words, question, moment)
    if (decided) return decided
  }
  if (question?.kind === 'decline-reason' && !isQuestion) {
    const isAnswer = isReason(text)
    // A number or a bare yes or no says neither why, nor that the route is taken after all.
    if (isAnswer || decisionIn(words))
      return inTime('decline_route', isAnswer ? { reason: text } : {}, question, moment)
  }
  if (UNDO.has(words)) return { do: 'undo', commandId: undefined }
  const report = isQuestion ? undefined : wholeReportIn(words)
  if (report) return { do: 'tool', name: 'report_status', args: report }
  const command = COMMANDS.get(words)
  if (command) return { do: 'tool', name: command, args: {} }
  if (GREETINGS.has(words)) return { do: 'say', what: 'greeting' }
  const wanted = languageWanted(words)
  if (wanted) return { do: 'tool', name: 'set_language', args: { to: wanted } }
  const talk = SMALL_TALK.get(words)
  if (talk) return { do: 'tool', name: 'small_talk', args: { kind: talk } }
  const place = placeIn(words)
  if (place !== undefined) return chosen(place, moment)
  const orderId = orderNumberIn(words, moment.session)
  if (orderId !== undefined) {
    const isChoice = question?.kind === 'which-order' && question.candidates.includes(orderId)
    if (isChoice && isAnswerTo(question, moment)) {
      const args = { ...reportIn(question), order_ref: `#${orderId}` }
      return { do: 'tool', name: question.tool, args }
    }
    return { do: 'tool', name: 'get_order_details', args: { order_ref: `#${orderId}` } }
  }
  if (question?.kind === 'which-order' && YES.has(words))
    return { do: 'tool', name: question.tool, args: reportIn(question) }
  if (THANKS.has(words)) return { do: 'say', what: 'thanks' }
  return YES.has(words) || NO.has(words) ? { do: 'say', what: 'nothing-asked' } : undefined
}

function aboutReport(
  words: string,
  question: PendingQuestion & { kind: 'confirm-report' },
  moment: Moment,
): Intent | undefined {
  const { report, orderId } = question
  if (NO.has(words)) return { do: 'leave', orderId }
  const args = { status: report.status, order_ref: `#${orderId}` }
  return YES.has(words) ? inTime('report_status', args, question, moment) : undefined
}

function reportIn({ report }: PendingQuestion & { kind: 'which-order' }): { status?: string } {
  return report ? { status: report.status } : {}
}

function confirmed(question: PendingQuestion & { kind: 'confirm-order' }, moment: Moment): Intent {
  return inTime('confirm_order', { order_ref: `#${question.orderId}` }, question, moment)
}

function aboutRoute(
  words: string,
  question: PendingQuestion & { kind: 'check-in' },
  moment: Moment,
): Intent | undefined {
  const decision = decisionIn(words)
  if (decision === undefined) return undefined
  return inTime(decision === 'accept' ? 'accept_route' : 'decline_route', {}, question, moment)
}

function inTime(
  name: string,
  args: Record<string, unknown>,
  question: PendingQuestion,
  moment: Moment,
): Intent {
  const isOfToday = !('date' in question) || question.date === moment.today
  return isOfToday && isAnswerTo(question, moment)
    ? { do: 'tool', name, args }
    : { do: 'tool', name, args, isLate: true }
}

/** WhatsApp stamps whole seconds: what was sent before the question was asked does not answer it. */
function isAnswerTo({ kind, askedAt }: PendingQuestion, { sentAt }: Moment): boolean {
  const openMs = kind === 'check-in' ? CHECK_IN_OPEN_MS : QUESTION_OPEN_MS
  return sentAt + SECOND_MS > askedAt && sentAt - askedAt < openMs
}

/** "2", "#2", "order 2", "the second one", "o segundo". */
function placeIn(words: string): number | undefined {
  const bare = words
    .replaceAll(
      /\b(?:the|number|order|option|please|one|o|a|el|la|numero|pedido|parada|opcao|opcion|por favor)\b/g,
      ' ',
    )
    .trim()
  return /^\S+$/.test(bare) ? numberIn(bare) : undefined
}

function chosen(place: number, moment: Moment): Intent {
  const { session, today } = moment
  const question = session.pendingQuestion
  if (question?.kind === 'which-order' && isAnswerTo(question, moment)) {
    const orderId = question.candidates[place - 1]
    if (orderId === undefined) return { do: 'out-of-range', count: question.candidates.length }
    return { do: 'tool', name: question.tool, args: { ...reportIn(question), order_ref: `#${orderId}` } }
  }
  if (!session.lastList) return { do: 'tool', name: 'get_orders', args: {} }
  // A list of tomorrow's orders is one of today's when tomorrow has come.
  if (session.lastList.date < today) return { do: 'say', what: 'tap-closed' }
  const { orderIds } = session.lastList
  const orderId = orderIds[place - 1]
  if (orderId !== undefined)
    return { do: 'tool', name: 'get_order_details', args: { order_ref: `#${orderId}` } }
  return orderIds.length === 0
    ? { do: 'tool', name: 'get_orders', args: {} }
    : { do: 'out-of-range', count: orderIds.length }
}

function orderNumberIn(words: string, { lastList, pendingQuestion }: Session): string | undefined {
  const [, hash, id] = /^(?:(?:order|pedido|orden) ?)?(#?)([a-z]*\d{3,})$/.exec(words) ?? []
  if (id === undefined) return undefined
  const asked = pendingQuestion?.kind === 'which-order' ? pendingQuestion.candidates : []
  const shown = [...asked, ...(lastList?.orderIds ?? [])]
  const listed = shown.find((orderId) => orderId.toLowerCase() === id)
  return listed ?? (hash ? id : undefined)
}
