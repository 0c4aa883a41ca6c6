import type { Check } from '../finding.ts'

/** What a value is taken for; `length` if only its beginning is meant. */
export type Reading = { score: number; length?: number }

/**
 * Something that is known by its shape. The value is what the pattern's first group caught at the end of the match, or
 * else the whole match. A pattern must take time linear in the text: each of its repetitions is bounded, or cannot
 * begin again inside of what it has already passed.
 */
export type Rule = {
  check: Check
  kind: string
  pattern: RegExp
  read: (value: string, match: string) => Reading | undefined
}

export const certain = () => ({ score: 0.99 })
export const likely = () => ({ score: 0.9 })
