import { eld } from 'eld/extrasmall'
import type { Sighting } from '../finding.ts'

const WORDS_MIN = 3
const LENGTH_MAX = 1_000

/** A text that is in none of the allowed languages (two letters each). What is short or could be several is in all of them. */
export function lookAtLanguage(text: string, allowed: readonly string[]): Sighting[] {
  if (allowed.length === 0) return []
  const words = text
    .slice(0, LENGTH_MAX)
    .replaceAll(/https?:\S{1,2048}|[\d#]+/g, ' ')
    .trim()
  if (words.split(/\s+/).length < WORDS_MIN) return []
  const found = eld.detect(words)
  if (!found.isReliable() || allowed.includes(found.language)) return []
  return [{ check: 'language', kind: found.language, score: 1, span: { start: 0, end: text.length } }]
}
