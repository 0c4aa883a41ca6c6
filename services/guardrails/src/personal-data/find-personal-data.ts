import type { Sighting } from '../finding.ts'
import { ADDRESSES } from './addresses.ts'
import { CHECK_DIGITS } from './check-digits.ts'
import { foldText } from './fold-text.ts'
import { type NumberRun, runsFrom } from './number-run.ts'
import { readCard } from './read-card.ts'
import { readDocument } from './read-document.ts'
import { readPhone } from './read-phone.ts'
import { readTaxNumber } from './read-tax-number.ts'
import { readTokens } from './read-tokens.ts'
import type { Rule } from './rule.ts'
import { SECRETS } from './secrets.ts'

type Found = { check: Sighting['check']; kind: string; score: number; start: number; end: number }

/**
 * Personal data and secrets, in the order of the text, no two of them overlapping. What a driver writes all day (order
 * numbers, times, dates, amounts, house numbers, tracking numbers, coordinates) is left alone: in doubt a number is
 * nobody's. `language` is a BCP 47 tag and only helps to tell from where a phone number is.
 */
export const findPersonalData = (
  text: string,
  { language }: { language?: string } = {},
): readonly Sighting[] => {
  const folded = foldText(text)
  const found: Found[] = []
  let rest = folded.text
  for (const rule of [...SECRETS, ...ADDRESSES, ...CHECK_DIGITS]) rest = takeOut(rest, rule, found)
  rest = rest.replaceAll(NOBODYS, cover)
  found.push(...findNumbers(rest, language?.slice(0, 2).toLowerCase()))
  return found
    .toSorted((a, b) => a.start - b.start)
    .map(({ check, kind, score, start, end }) => ({ check, kind, score, span: folded.spanOf(start, end) }))
}

/** What one rule has taken is out of sight for the next ones. */
const takeOut = (text: string, { check, kind, pattern, read }: Rule, found: Found[]): string =>
  text.replaceAll(pattern, (match: string, ...rest: unknown[]) => {
    const [group] = rest
    const value = typeof group === 'string' ? group : match
    const reading = read(value, match)
    if (!reading) return match
    const offset = rest.find((argument) => typeof argument === 'number') ?? 0
    const start = offset + match.length - value.length
    const end = start + (reading.length ?? value.length)
    found.push({ check, kind, score: reading.score, start, end })
    return (
      match.slice(0, start - offset) +
      cover(match.slice(start - offset, end - offset)) +
      match.slice(end - offset)
    )
  })

const cover = (text: string) => '~'.repeat(text.length)

// Links (but not to a chat with a number), dates, times, amounts, decimals as in coordinates.
const NOBODYS = new RegExp(
  [
    'https?:\\/\\/(?!wa\\.me|api\\.whatsapp)\\S{1,2048}',
    '(?<![\\d]|\\d[./-])(?:\\d{4}([-/.])\\d{1,2}\\1\\d{1,2}|\\d{1,2}([-/.])\\d{1,2}\\2(?:\\d{4}|\\d{2}))(?![./-]?\\d)',
    '(?<![\\d:])\\d{1,2}[:h]\\d{2}(?::\\d{2})?(?!\\d)',
    '(?:R\\$|[$€£])\\s?\\d[\\d.,]{0,20}',
    '(?<!\\d)\\d[\\d.,]{0,20}\\s?(?:[$€£]|(?:reais|pesos|euros?|dollars|usd|mxn|brl|eur)\\b)',
    '(?<![\\d.])\\d{1,3}\\.\\d{4,15}(?![-.]?\\d)',
  ].join('|'),
  'gi',
)

const findNumbers = (text: string, language: string | undefined): Found[] => {
  const tokens = readTokens(text)
  const found: Found[] = []
  let passed = 0
  for (const [index, token] of tokens.entries()) {
    if (!token.hasDigits || token.start < passed) continue
    const number = readDocument(text, tokens, index) ?? bestNumber(runsFrom(text, tokens, index), language)
    if (!number) continue
    passed = number.kind === 'phone' ? number.end + extensionLength(text, number.end) : number.end
    found.push({ check: 'pii', ...number, end: passed })
  }
  return found
}

/** The longest of the likeliest. */
const bestNumber = (runs: readonly NumberRun[], language: string | undefined) => {
  let best: Omit<Found, 'check'> | undefined
  for (const run of runs) {
    const readings = {
      national_id: readTaxNumber(run),
      credit_card: readCard(run),
      phone: readPhone(run, language),
    }
    for (const [kind, reading] of Object.entries(readings)) {
      if (!reading || reading.score < (best?.score ?? 0)) continue
      best = { kind, score: reading.score, start: run.start, end: run.end }
    }
  }
  return best
}

const EXTENSION = /^ ?(?:x|ext|ext\.|ramal|extension) ?\d{1,6}(?!\d)/i
const EXTENSION_CHARACTERS_MAX = 20

const extensionLength = (text: string, end: number): number =>
  EXTENSION.exec(text.slice(end, end + EXTENSION_CHARACTERS_MAX))?.[0].length ?? 0
