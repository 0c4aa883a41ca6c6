/** A text with what must not be translated put away: names, addresses, links, and what is quoted. */
export type Masked = { text: string; kept: readonly string[] }

const LINK = /https?:\/\/\S+/g
const QUOTED = /“[^”]*”|"[^"\n]*"/g
const MARK = /⟦(\d+)⟧/g
const LITERAL_LENGTH_MIN = 2

/** `literals`: names and addresses out of the data. What is put away is not shown to the model either. */
export function mask(text: string, literals: readonly string[]): Masked {
  const kept: string[] = []
  const keep = (fact: string) => {
    const known = kept.indexOf(fact)
    return `⟦${known >= 0 ? known + 1 : kept.push(fact)}⟧`
  }
  let masked = text.replaceAll(MARK, ' ').replaceAll(LINK, keep).replaceAll(QUOTED, keep)
  for (const literal of longestFirst(literals)) {
    const pattern = new RegExp(`(?<![\\p{L}\\p{N}])${escapeRegExp(literal)}(?![\\p{L}\\p{N}])`, 'gu')
    masked = masked.replaceAll(pattern, keep)
  }
  return { text: masked, kept }
}

export function unmask(text: string, kept: readonly string[]): string {
  return text.replaceAll(MARK, (mark, place: string) => kept[Number(place) - 1] ?? mark)
}

// A number with all that belongs to it: #12345, A-17, 12:30 PM, 1,000, +1-555, 4421B. Any script's digits.
const NUMBERS = /[#+]?(?:\p{Lu}+-?)?\p{Nd}[\p{L}\p{Nd}]*(?:[.,:/-]\p{Nd}[\p{L}\p{Nd}]*)*(?: ?[AP]M\b)?/gu
const SIGNS = /\p{Extended_Pictographic}|[•×⟦⟧]|%|\$|€/gu

/**
 * Whether a translation still says every fact, letter by letter and line by line: numbers, codes, times, links, marks of
 * what was put away, signs; none is missing, none is new, none has changed its line.
 */
export function saysTheSameFacts(source: string, translation: string): boolean {
  const [before, after] = [source.split('\n'), translation.split('\n')]
  return (
    before.length === after.length &&
    before.every(
      (line, index) =>
        factsIn(line) === factsIn(after[index] ?? '') && isEmpty(line) === isEmpty(after[index]),
    )
  )
}

function factsIn(line: string): string {
  const found = [LINK, MARK, NUMBERS, SIGNS].flatMap((pattern) => line.match(pattern) ?? [])
  return found.sort().join('\u0000')
}

const isEmpty = (line: string | undefined) => line?.trim() === ''

function longestFirst(literals: readonly string[]): string[] {
  return [...new Set(literals.map((it) => it.trim()))]
    .filter((it) => it.length >= LITERAL_LENGTH_MIN)
    .sort((a, b) => b.length - a.length)
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
}
