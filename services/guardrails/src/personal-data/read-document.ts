import { isFiller, topicOf } from './number-run.ts'
import type { Token, Topic } from './read-tokens.ts'

const DOCUMENTS: ReadonlySet<Topic | undefined> = new Set<Topic>([
  'national_id',
  'passport',
  'driver_licence',
])
const WORDS_BACK = 6
const CHARACTERS_MAX = 22

/** The number of a passport, a licence or an identity card, which only the word before it gives away. */
export const readDocument = (text: string, tokens: readonly Token[], index: number) => {
  const token = tokens[index]
  if (!token?.hasDigits) return
  const first = isSeries(text, tokens, index - 1) ? index - 1 : index
  const { topic, topicDistance } = topicOf(text, tokens, first)
  if (!DOCUMENTS.has(topic) || topicDistance > WORDS_BACK || !isSaidOf(text, tokens, first)) return
  const start = tokens[first]?.start ?? token.start
  let last = index
  let digits = countDigits(token.text)
  for (let next = tokens[last + 1]; next; next = tokens[last + 1]) {
    const gap = text.slice(tokens[last]?.end, next.start)
    const goesOn =
      gap === ' '
        ? next.isDigits && digits < 6
        : /^[./-]$/.test(gap) && (next.hasDigits || next.text.length === 1)
    if (!goesOn || next.end - start > CHARACTERS_MAX) break
    digits += countDigits(next.text)
    last += 1
  }
  const end = tokens[last]?.end ?? token.end
  if (digits < (token.isDigits ? 5 : 4) || end - start > CHARACTERS_MAX) return
  return { kind: topic ?? '', score: 0.85, start, end }
}

/** "passport AB 482913". */
const isSeries = (text: string, tokens: readonly Token[], index: number) => {
  const token = tokens[index]
  const after = tokens[index + 1]
  if (!token || !after) return false
  return (
    /^[A-Z]{1,3}$/.test(token.text) &&
    !token.topic &&
    !isFiller(token) &&
    /^[ -]$/.test(text.slice(token.end, after.start))
  )
}

/** The word itself stands right before, or "is", or a colon: "I left my passport at 12345 Main St" names no passport. */
const isSaidOf = (text: string, tokens: readonly Token[], index: number) => {
  const before = tokens[index - 1]
  if (!before) return false
  return (
    before.topic !== undefined ||
    isFiller(before) ||
    /[:#=]/.test(text.slice(before.end, tokens[index]?.start))
  )
}

const countDigits = (text: string) => text.replaceAll(/\D/g, '').length
