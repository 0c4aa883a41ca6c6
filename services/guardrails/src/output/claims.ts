import type { Span } from '../finding.ts'
import { fold } from './plain-text.ts'
import { readDates } from './read-dates.ts'
import { readNumber } from './read-numbers.ts'
import { readPhones } from './read-phones.ts'
import { readTimes } from './read-times.ts'
import { type Known, NUMBER_WORDS } from './words.ts'

/** Something that a text states and that can be right or wrong. */
export type Fact =
  | { kind: 'time' /** Of the day; the first reading is the likely one. */; minutes: number[] }
  /** `yyyy-mm-dd`, or `mm-dd` without a year. */
  | { kind: 'date'; dates: string[] }
  | { kind: 'weekday'; weekday: number; word: string }
  | { kind: 'day' /** From today. */; offset: number }
  | { kind: 'phone'; digits: string }
  | { kind: 'email'; address: string }
  | { kind: 'amount'; values: string[]; currency: string }
  | { kind: 'code'; code: string }
  | { kind: 'number'; values: string[]; unit?: Unit | undefined; isHour?: boolean; isWord?: boolean }
export type Unit = 'minute' | 'hour' | 'km'
export type Claim = Span & { fact: Fact }

export type Read = { language: Known | undefined; timeZone: string | undefined }

/** Stands where something has been read already. */
export const TAKEN = '\uFFFC'

const EMAIL = /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}.-]{1,253}\.\p{L}{2,24}/gu
const NUMBER = String.raw`\d{1,15}(?:[.,]\d{1,6}){0,5}`
const CURRENCIES = new Map([
  ...['r$', 'brl', 'reais', 'real'].map((it) => [it, 'BRL'] as const),
  ...['us$', 'usd'].map((it) => [it, 'USD'] as const),
  ...['mx$', 'mxn'].map((it) => [it, 'MXN'] as const),
  ...['€', 'eur', 'euro', 'euros'].map((it) => [it, 'EUR'] as const),
  ...['£', 'gbp'].map((it) => [it, 'GBP'] as const),
  // Of one of several countries.
  ...['$', 'dollars', 'dolares', 'pesos'].map((it) => [it, '$'] as const),
])
const SIGN = String.raw`R\$|US\$|MX\$|\$|€|£`
const MONEY = `BRL|USD|EUR|GBP|MXN|reais|real|d[oó]lares|dollars|euros?|pesos`
const AMOUNT = new RegExp(
  `(?:(${SIGN}|(?<!\\p{L})(?:BRL|USD|EUR|GBP|MXN)) ?(${NUMBER}))|(?<![\\p{L}\\d.,])(${NUMBER}) ?(${SIGN}|(?:${MONEY})(?!\\p{L}))`,
  'giu',
)
const TOKEN = /#?[\p{L}\p{M}\d]+(?:(?:(?<=\d)[,:](?=\d)|[-./](?=[\p{L}\d]))[\p{L}\p{M}\d]+)*/gu
const UNIT_OF = /^ ?(?:(min|minutes?|minutos?)|(h|hs|hrs?|hours?|horas?)|km)(?![\p{L}\d])/iu
const WITH_UNIT = /^([\d.,]*\d)(?:st|nd|rd|th|o|a|os|as|x|m|g|kg|l|ml|cm|mm|mb|gb|min|mins|h|hs|hr|hrs|km)$/iu
const WORD = /(?<![\p{L}\d])\p{L}{3,6}(?![\p{L}\p{M}\d-])/gu
// "between 2 and 4 PM": what comes after is a time that has been read.
const BEFORE_TIME = new RegExp(
  `^ ?(?:-|to|and|a|e|y|ate|até|as|às|las|a las)(?: as| às| las)? ?${TAKEN}`,
  'iu',
)
const AFTER_HOUR = /(?<!\p{L})(?:às|a las|hasta las|até as|at|by|until) {1,2}$/iu

/** Everything with digits in it, number words and days. `rest` has `TAKEN` where something else than a number was. */
export function claimsIn(text: string, read: Read): { claims: Claim[]; rest: string } {
  const claims: Claim[] = []
  let rest = text
  const take: Take = (pattern, factsOf) => {
    rest = rest.replaceAll(pattern, (...args) => {
      const match = matchOf(args)
      const facts = factsOf(match, rest)
      const end = match.index + (facts.length ?? match.text.length)
      for (const fact of facts.facts) claims.push({ fact, start: match.index, end })
      return facts.facts.length === 0
        ? match.text
        : TAKEN.repeat(end - match.index) + match.text.slice(end - match.index)
    })
  }
  take(EMAIL, ({ text: address }) => ({ facts: [{ kind: 'email', address: address.toLowerCase() }] }))
  readDates(take, read)
  readTimes(take)
  take(AMOUNT, ({ groups: [sign, after, before, unit] }) => {
    const currency = CURRENCIES.get(fold(sign ?? unit ?? ''))
    const values = readNumber(after ?? before ?? '', read.language)
    return { facts: currency === undefined ? [] : [{ kind: 'amount', values, currency }] }
  })
  readPhones(take)
  for (const { 0: token, index } of rest.matchAll(TOKEN)) {
    if (/\d/.test(token)) claims.push(...claimsOfToken(token, index, { rest, language: read.language }))
  }
  const numberWords = NUMBER_WORDS[read.language ?? 'any']
  for (const { 0: word, index } of numberWords.size === 0 ? [] : rest.matchAll(WORD)) {
    const value = numberWords.get(fold(word))
    if (value === undefined) continue
    const fact: Fact = { kind: 'number', values: [String(value)], isWord: true }
    claims.push({ fact, start: index, end: index + word.length })
  }
  return { claims, rest }
}

export type Match = { text: string; index: number; groups: (string | undefined)[] }
/** Takes what a pattern finds out of the text where it is read as something. `length`: only the beginning of it. */
export type Take = (
  pattern: RegExp,
  factsOf: (match: Match, text: string) => { facts: Fact[]; length?: number },
) => void

function matchOf(args: readonly unknown[]): Match {
  const place = args.findIndex((it) => typeof it === 'number')
  const groups = args.slice(1, place).map((it) => (typeof it === 'string' ? it : undefined))
  return { text: String(args[0]), index: Number(args[place]), groups }
}

function claimsOfToken(
  token: string,
  start: number,
  around: { rest: string; language: Known | undefined },
): Claim[] {
  const end = start + token.length
  const code = codeOf(token)
  const asCode: Claim[] = [{ fact: { kind: 'code', code }, start, end }]
  if (token.startsWith('#') || /^0\d+$/.test(token)) return asCode
  const written = /^\d+(?:[.,]\d+)*$/.test(token) ? token : WITH_UNIT.exec(token)?.[1]
  if (written !== undefined) {
    const digitsEnd = start + written.length
    const after = around.rest.slice(digitsEnd, digitsEnd + 24)
    const unit = unitOf(after)
    const isHour =
      /^\d{1,2}$/.test(written) &&
      (BEFORE_TIME.test(after) || AFTER_HOUR.test(around.rest.slice(Math.max(0, start - 12), start)))
    const values = readNumber(written, around.language)
    return [{ fact: { kind: 'number', values, unit, isHour }, start, end: digitsEnd }]
  }
  const parts = [...token.matchAll(/[^-./,:]+/g)]
  const isCompound =
    parts.length > 1 && parts.every(({ 0: part }) => /^\d+$/.test(part) || /^\p{L}{5,}$/u.test(part))
  if (!isCompound) return asCode
  return parts.flatMap(({ 0: part, index }) =>
    /\d/.test(part) ? claimsOfToken(part, start + index, around) : [],
  )
}

/** As codes are compared: `A-17` and `a17` are one. */
export function codeOf(token: string): string {
  return fold(token).replaceAll(/[^\p{L}\d]/gu, '')
}

function unitOf(after: string): Unit | undefined {
  const found = UNIT_OF.exec(after)
  if (found === null) return undefined
  if (found[1] !== undefined) return 'minute'
  return found[2] === undefined ? 'km' : 'hour'
}
