import type { Sighting } from '../finding.ts'

/**
 * The text with what was seen replaced by readable placeholders: "pay with [credit card 1]". They are numbered by kind
 * in the order of the text, the same value (however it is spaced) has the same number, and they stand in the order of
 * the spans, from which a caller who still has the text can restore them. Sightings that overlap
 * become one.
 */
export const mask = (text: string, sightings: readonly Sighting[]): string => {
  const numbersByKind = new Map<string, Map<string, number>>()
  let masked = ''
  let at = 0
  for (const { span, kind, check } of sightings.toSorted((a, b) => a.span.start - b.span.start)) {
    if (span.start < at) {
      at = Math.max(at, span.end)
      continue
    }
    const name = (kind ?? check).replaceAll('_', ' ')
    const numbers = numbersByKind.get(name) ?? new Map<string, number>()
    numbersByKind.set(name, numbers)
    const value = sameness(text.slice(span.start, span.end), check)
    const number = numbers.get(value) ?? numbers.size + 1
    numbers.set(value, number)
    masked += `${text.slice(at, span.start)}[${name} ${number}]`
    at = span.end
  }
  return masked + text.slice(at)
}

/** In a secret every character counts, in an address every sign; a number is the same however it is spaced. */
const sameness = (value: string, check: Sighting['check']): string => {
  if (check === 'secret') return value
  const plain = value.normalize('NFKC').toLowerCase()
  return plain.includes('@') ? plain : plain.replaceAll(/[^\p{L}\p{N}]/gu, '')
}
