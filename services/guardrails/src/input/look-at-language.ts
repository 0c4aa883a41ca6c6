import type { eld } from 'eld/extrasmall'
import type { Sighting } from '../finding.ts'

const WORDS_MIN = 3
const LENGTH_MAX = 1_000

let detector: typeof eld | undefined

/** Needed before a text is looked at with languages that are allowed. Takes 80 MB: only for policies that name some. */
export async function loadLanguages(): Promise<void> {
  detector ??= (await import('eld/extrasmall')).eld
}

/** A text that is in none of the allowed languages (two letters each). What is short or could be several is in all of them. */
export function lookAtLanguage(text: string, allowed: readonly string[]): Sighting[] {
  if (allowed.length === 0) return []
  if (!detector) throw new Error('the languages are not loaded')
  const words = text
    .slice(0, LENGTH_MAX)
    .replaceAll(/https?:\S{1,2048}|[\d#]+/g, ' ')
    .trim()
  if (words.split(/\s+/).length < WORDS_MIN) return []
  const found = detector.detect(words)
  if (!found.isReliable() || allowed.includes(found.language)) return []
  return [{ check: 'language', kind: found.language, score: 1, span: { start: 0, end: text.length } }]
}
