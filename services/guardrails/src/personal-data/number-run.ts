import type { Token, Topic } from './read-tokens.ts'

/** Groups of digits that may be one number, and what the words around say about it. */
export type NumberRun = {
  start: number
  end: number
  text: string
  digits: string
  /** The lengths of the groups. */
  groups: readonly number[]
  /** The same, joined: `3-3-4`. */
  shape: string
  topic: Topic | undefined
  /** In words. */
  topicDistance: number
  /** Nothing but "number", "is", "#" between the word and the number. */
  isDirect: boolean
  /** Its groups have one length, and go on before or after it: a list, or the key of an invoice. */
  isPartOfSeries: boolean
}

const GROUPS_MAX = 7
const JOINT = /^[ ()./-]{1,3}$/

/** The runs that begin at a token of digits, the shortest first. */
export const runsFrom = (text: string, tokens: readonly Token[], index: number): readonly NumberRun[] => {
  const runs: NumberRun[] = []
  const first = tokens[index]
  if (!first?.isDigits || continuesNumber(text, tokens, index)) return runs
  const start =
    first.start - (/[+(]{1,2}$/.exec(text.slice(Math.max(0, first.start - 2), first.start))?.[0].length ?? 0)
  const about = topicOf(text, tokens, index)
  let digits = ''
  const groups: number[] = []
  for (let at = index; at < index + GROUPS_MAX; at++) {
    const token = tokens[at]
    if (!token?.isDigits || (at > index && !isJoined(text, tokens[at - 1], token))) break
    digits += token.text
    groups.push(token.text.length)
    if (digits.length > 19) break
    const next = tokens[at + 1]
    // A run ends where a space or something else than a digit follows: half a hyphenated number is not a number.
    if (next?.isDigits && isJoined(text, token, next) && !text.slice(token.end, next.start).includes(' '))
      continue
    const value = text.slice(start, token.end)
    // A bracket that closes later is not the number's.
    const unopened = value.startsWith('(') && !value.includes(')') ? 1 : 0
    const isList = groups.every((group) => group === groups[0])
    runs.push({
      start: start + unopened,
      end: token.end,
      text: value.slice(unopened),
      digits,
      groups: [...groups],
      shape: groups.join('-'),
      isPartOfSeries: isList && (isAlike(text, tokens[index - 1], first) || isAlike(text, token, next)),
      ...about,
    })
  }
  return runs
}

const isJoined = (text: string, before: Token | undefined, after: Token) =>
  before !== undefined && after.start - before.end <= 3 && JOINT.test(text.slice(before.end, after.start))

const isAlike = (text: string, before: Token | undefined, after: Token | undefined) =>
  before?.isDigits === true &&
  after?.isDigits === true &&
  before.text.length === after.text.length &&
  isJoined(text, before, after)

/** The middle of "4820-1193-77" is not a beginning. */
const continuesNumber = (text: string, tokens: readonly Token[], index: number) => {
  const token = tokens[index]
  const before = tokens[index - 1]
  if (!token || !before) return false
  const gap = text.slice(before.end, token.start)
  return before.hasDigits ? /^[./)-]{1,2}$/.test(gap) : gap === '-' && before.text.length <= 3
}

const WORDS_BACK = 12
const WORDS_AHEAD = 3
const CHARACTERS_AWAY = 80
const FILLERS = new Set(
  'is are was e es no n nr nro num number numbers numero numeros id de do da del of the my meu minha mi o a el la'.split(
    ' ',
  ),
)
export const isFiller = (token: Token | undefined) =>
  token !== undefined && FILLERS.has(token.text.toLowerCase())

/** The nearest word before that says what the number is, or else one right after it. */
export const topicOf = (text: string, tokens: readonly Token[], index: number) => {
  const { start = 0, end = 0 } = tokens[index] ?? {}
  let isDirect = true
  for (let away = 1; away <= WORDS_BACK; away++) {
    const token = tokens[index - away]
    if (!token || start - token.end > CHARACTERS_AWAY) break
    if (token.topic) return { topic: token.topic, topicDistance: away, isDirect }
    isDirect &&= isFiller(token)
  }
  if (text[start - 1] === '#') return { topic: 'work' as const, topicDistance: 0, isDirect: true }
  let words = 0
  for (let at = index + 1; words < WORDS_AHEAD && at <= index + GROUPS_MAX + WORDS_AHEAD; at++) {
    const token = tokens[at]
    if (!token || token.start - end > CHARACTERS_AWAY) break
    if (token.hasDigits) continue
    words += 1
    if (token.topic === 'phone' || token.topic === 'card') {
      return { topic: token.topic, topicDistance: words, isDirect: false }
    }
    if (token.topic) break
  }
  return { topic: undefined, topicDistance: Number.POSITIVE_INFINITY, isDirect: false }
}
