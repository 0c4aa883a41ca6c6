import type { PendingQuestion } from '../session/session.ts'
import type { Tool } from '../tools/tool.ts'
import type { Intent } from './fast-path.ts'
import { learnSentences } from './learn-sentences.ts'
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
/** Who wants a person is not kept from one. */
const ASKS_PERSON = 'request_human'
const REF_LENGTH_MAX = 100

/** A small classifier for when the model can't be reached. It has learned from the examples; what it does not know it does not guess. */
export function createRules(examples: readonly Example[], tools: readonly Tool[]): ClassifyByRules {
  const meanings = new Map<string, { tool: string; args: Record<string, unknown> }>()
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
    const { label = '', confidence = 0 } = guess(text) ?? {}
    const meant = meanings.get(label)
    if (!meant || meant.tool === NO_TOOL || confidence < CONFIDENCE_MIN[opinion]) return undefined
    if (meant.tool === YES || meant.tool === NO) return answered(meant.tool === YES, question)
    const tool = tools.find(({ name }) => name === meant.tool)
    if (!isFirst && tool?.tier !== 'read' && tool?.name !== ASKS_PERSON) return undefined
    const takesRef = tool !== undefined && 'order_ref' in tool.args.shape
    const args = { ...meant.args, ...(takesRef ? refIn(normalize(text), wordsOfTools) : {}) }
    return tool?.bind(args) ? { do: 'tool', name: meant.tool, args } : undefined
  }
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
