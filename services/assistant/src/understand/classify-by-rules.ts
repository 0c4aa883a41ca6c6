import type { PendingQuestion } from '../session/session.ts'
import type { Tool } from '../tools/tool.ts'
import type { Intent } from './fast-path.ts'
import { type Guess, learnSentences } from './learn-sentences.ts'
import { choicesOf, type Example, NO, NO_TOOL, YES } from './load-examples.ts'
import { normalize, numberIn } from './normalize.ts'
import { isClearAcceptance, isClearRefusal } from './route-words.ts'

/**
 * `second`: a model has made nothing of the words. Then the rules must be surer, and nothing that acts follows from
 * what two have read differently: only what shows something, a call for a person, and a yes or no, which the tools ask back.
 */
export type ClassifyByRules = (
  text: string,
  question?: PendingQuestion | null,
  opinion?: 'first' | 'second',
) => Intent | undefined

/** Below it nothing is done: measured in docs/quality.md. */
const CONFIDENCE_MIN = { first: 0.45, second: 0.7 }
// Less will do when nothing else is anywhere near.
const LEAD = 2.5
const LEAD_MIN = 0.7
/** Who wants a person is not kept from one. */
const ASKS_PERSON = 'request_human'
const REF_LENGTH_MAX = 100

/** A small classifier for when the model can't be reached. It has learned from the examples; what it does not know it does not guess. */
export function createRules(examples: readonly Example[], tools: readonly Tool[]): ClassifyByRules {
  const meanings = new Map<string, Meaning>()
  const choices = new Map(tools.map((tool) => [tool.name, choicesOf(tool)]))
  const sentences = examples.map(({ tool, args, frame }) => {
    const chosen = Object.fromEntries(Object.entries(args).filter(([name]) => choices.get(tool)?.has(name)))
    const label = `${tool} ${JSON.stringify(chosen)}`
    meanings.set(label, { tool, args: chosen })
    return { say: frame, label }
  })
  const guess = learnSentences(sentences)
  const wordsOfTools = new Set(
    examples.filter(({ tool }) => tool !== NO_TOOL).flatMap(({ frame }) => normalize(frame).split(' ')),
  )

  return (text, question, opinion = 'first') => {
    const isFirst = opinion === 'first'
    if (isFirst && isClearRefusal(text)) return { do: 'tool', name: 'decline_route', args: {} }
    if (isFirst && /\b(?:accept|aceit|acept)/.test(normalize(text)) && isClearAcceptance(text))
      return { do: 'tool', name: 'accept_route', args: {} }
    const meant = likeliest(guess(text), meanings, CONFIDENCE_MIN[opinion])
    if (!meant || meant.tool === NO_TOOL) return undefined
    if (meant.tool === YES || meant.tool === NO) return answered(meant.tool === YES, question)
    const tool = tools.find(({ name }) => name === meant.tool)
    if (!isFirst && tool?.tier !== 'read' && tool?.name !== ASKS_PERSON) return undefined
    const takesRef = tool !== undefined && 'order_ref' in tool.args.shape
    const args = { ...meant.args, ...(takesRef ? refIn(normalize(text), wordsOfTools) : {}) }
    return tool?.bind(args) ? { do: 'tool', name: meant.tool, args } : undefined
  }
}

type Meaning = { tool: string; args: Record<string, unknown> }

/** First the tool, for which all of its meanings speak together; then the likeliest of them. */
function likeliest(
  guess: Guess | undefined,
  meanings: ReadonlyMap<string, Meaning>,
  confidenceMin: number,
): Meaning | undefined {
  const byShare = [...(guess ?? [])].sort(([, one], [, other]) => other - one)
  const tools = new Map<string, number>()
  for (const [label, share] of byShare) {
    const tool = meanings.get(label)?.tool ?? ''
    tools.set(tool, (tools.get(tool) ?? 0) + share)
  }
  const [[tool, confidence] = ['', 0], [, next] = ['', 0]] = [...tools].sort(
    ([, one], [, other]) => other - one,
  )
  const isSure =
    confidence >= confidenceMin || (confidence >= confidenceMin * LEAD_MIN && confidence >= next * LEAD)
  const [label] = byShare.find(([name]) => meanings.get(name)?.tool === tool) ?? []
  return isSure && label !== undefined ? meanings.get(label) : undefined
}

/** What a yes or no in free words is about. The tools ask again where it is not clear enough to act. */
function answered(isYes: boolean, question: PendingQuestion | null | undefined): Intent {
  if (question?.kind === 'check-in')
    return { do: 'tool', name: isYes ? 'accept_route' : 'decline_route', args: {} }
  if (question?.kind === 'confirm-order') {
    const { orderId } = question
    return isYes
      ? { do: 'tool', name: 'confirm_order', args: { order_ref: `#${orderId}` } }
      : { do: 'leave', orderId }
  }
  if (question?.kind === 'confirm-all')
    return isYes
      ? { do: 'tool', name: 'confirm_order', args: { all: true } }
      : { do: 'leave', orderId: undefined }
  if (question?.kind === 'confirm-report') {
    const { orderId, report } = question
    return isYes
      ? { do: 'tool', name: 'report_status', args: { status: report.status, order_ref: `#${orderId}` } }
      : { do: 'leave', orderId }
  }
  return { do: 'say', what: 'nothing-asked' }
}

/** An order's number, its place, or the words that no example is made of: those can be a name. */
function refIn(words: string, known: ReadonlySet<string>): { order_ref?: string } {
  const number = /#?\b([a-z]{0,3}\d{3,})\b/.exec(words)?.[1]
  if (number !== undefined) return { order_ref: number }
  const place = numberIn(words)
  if (place !== undefined) return { order_ref: String(place) }
  const name = words
    .split(' ')
    .filter((word) => !known.has(word))
    .join(' ')
  return name.length >= 3 ? { order_ref: name.slice(0, REF_LENGTH_MAX) } : {}
}
