import { createHash } from 'node:crypto'
import type { Language, Session } from '../session/session.ts'
import { toolNamed } from '../tools/catalogue.ts'
import { kindOfQuestion, redactPhones } from './describe-situation.ts'
import { choicesOf, type Example, isSaid, NO_TOOL } from './load-examples.ts'
import { normalize } from './normalize.ts'
import { PROMPT_VERSION } from './prompt.ts'
import { type ModelToolCall, withArguments } from './read-model-answer.ts'

/** A reading of words that any driver may have written. */
export type Understood = { calls: ModelToolCall[]; language?: Language | undefined; model: string }

const WORDS_LENGTH_MAX = 200
const WORDS_MIN = 2
// What these mean depends on what was said before.
const POINTING = new Set(
  'it its this that these those them they he she him her one ones same other others another again also too and but then there here so esse essa isso este esta isto aquele aquela ele ela eles elas outro outra mesmo tambem e mas entao ali ese eso esto aquel ella ellos otro otra mismo tambien y pero entonces lo le les ahi'.split(
    ' ',
  ),
)
const NUMBER = /^#?[a-z]{0,3}\d{1,8}$/
// Long enough to be an order's and nothing else: which one it is makes no difference to what is meant.
const ORDER_NUMBER = /\b[a-z]{0,3}\d{5,8}\b/gi
// Nobody can write it: NUL is taken out of what drivers send.
const markOf = (index: number) => `\u0000${index}\u0000`

export type Sharing = {
  /** Where a reading of these words is kept; `undefined`: it may not be shared. */
  keyOf(words: string, of: { language: Language; session: Session }): string | undefined
  /** Whether a reading comes from the words alone. */
  isShareable(words: string, calls: readonly ModelToolCall[]): boolean
  /** A reading of these words for whoever writes the same about another order. */
  general(words: string, calls: readonly ModelToolCall[]): ModelToolCall[]
  /** The same reading for the orders in these words. */
  particular(words: string, calls: readonly ModelToolCall[]): ModelToolCall[]
}

/**
 * Decides which words mean the same whoever says them. Safe by construction: every word is one of our own examples'
 * or an order's number (so nobody's name, phone or address), none points at what was said before, and the model saw
 * nothing but what is in the key.
 */
export function createSharing(examples: readonly Example[]): Sharing {
  const common = new Set(
    examples.filter(({ tool }) => tool !== NO_TOOL).flatMap(({ frame }) => normalize(frame).split(' ')),
  )
  return {
    keyOf(words, { language, session }) {
      if (words.length > WORDS_LENGTH_MAX || redactPhones(words) !== words) return undefined
      const said = normalize(words).split(' ')
      if (said.length < WORDS_MIN || said.some((word) => POINTING.has(word))) return undefined
      if (!said.every((word) => common.has(word) || NUMBER.test(word))) return undefined
      const asked = kindOfQuestion(session.pendingQuestion)
      return `understanding:${createHash('sha256')
        .update(JSON.stringify([PROMPT_VERSION, language, asked, spelled(withMarks(words, words))]))
        .digest('base64url')}`
    },
    isShareable: (words, calls) =>
      calls.length > 0 &&
      calls.every(({ name, args }) => {
        const tool = toolNamed(name)
        if (tool?.bind(args) === undefined) return false
        const choices = choicesOf(tool)
        return Object.entries(args).every(([key, value]) => choices.has(key) || isSaid(value, words))
      }),
    general: (words, calls) => withArguments(calls, (value) => withMarks(value, words)),
    particular: (words, calls) => withArguments(calls, (value) => withoutMarks(value, words)),
  }
}

const orderNumbersIn = (words: string) => [...new Set(words.match(ORDER_NUMBER))]

function withMarks(text: string, words: string): string {
  const numbers = orderNumbersIn(words)
  return text.replaceAll(ORDER_NUMBER, (it) => (numbers.includes(it) ? markOf(numbers.indexOf(it)) : it))
}

function withoutMarks(text: string, words: string): string {
  return orderNumbersIn(words).reduce((rest, number, index) => rest.replaceAll(markOf(index), number), text)
}

/** Nearer to what was written than normalised words: "sí" is no "si", "confirm 2?" no "confirm 2". */
function spelled(words: string): string {
  return words
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[\s.,;:!¡"]+/gu, ' ')
    .trim()
}
