import type { Fact, Read, Take } from './claims.ts'
import { localTime } from './local-time.ts'
import { fold } from './plain-text.ts'
import { DAY_WORDS, type Known, MONTH_WORDS, WEEKDAY_WORDS } from './words.ts'

const INSTANT =
  /(?<!\d)\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})(?!\d)/g
const ISO = /(?<![\d-])(\d{4})-(\d{2})-(\d{2})(?![\d-])/g
const FULL = /(?<![\d.,/:-])(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)/g
const SHORT = /(?<![\d.,/:-])(\d{1,2})\/(\d{1,2})(?![\d/]|[.,:]\d)/g
const DAY_FIRST =
  /(?<![\d.,/:-])(\d{1,2})(?:st|nd|rd|th|o)?(?: de| of)? (\p{L}{3,10})(?:\.?,?(?: de| del)? (\d{4})(?!\d))?/giu
const MONTH_FIRST = /(?<!\p{L})(\p{L}{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?(?![\d:]|[.,]\d)/giu
const WEEKDAY = /(?<!\p{L})\p{L}{5,9}(?:-feira)?(?!\p{L})/giu
const MORNING = /(?<!\p{L})(?:la|esta|buena|cada)\s$/iu

/** Dates, weekdays and days that are named from today on. */
export function readDates(take: Take, { language, timeZone }: Read): void {
  const table = language ?? 'any'
  take(INSTANT, ({ text }) => {
    const local = localTime(text, timeZone)
    if (local === undefined) return { facts: [] }
    return { facts: [{ kind: 'time', minutes: [local.minute] }, dateFact([local.date])] }
  })
  take(ISO, ({ groups: [year, month, day] }) => facts([dateOf(day, month, year)]))
  take(FULL, ({ groups: [first, , second, year] }) => facts(bothWays(first, second, { year, language })))
  take(SHORT, ({ groups: [first, second] }) => facts(bothWays(first, second, { year: undefined, language })))
  take(DAY_FIRST, ({ groups: [day, word, year] }) => facts([dateOf(day, monthOf(word, language), year)]))
  take(MONTH_FIRST, ({ groups: [word, day, year] }) => facts([dateOf(day, monthOf(word, language), year)]))
  take(WEEKDAY, ({ text: word, index }, text) => {
    const weekday = WEEKDAY_WORDS[table].get(fold(word))
    if (weekday !== undefined) return { facts: [{ kind: 'weekday', weekday, word: fold(word) }] }
    const offset = DAY_WORDS[table].get(fold(word))
    const isDay = offset !== undefined && !MORNING.test(text.slice(Math.max(0, index - 8), index))
    return { facts: isDay ? [{ kind: 'day', offset }] : [] }
  })
}

const dateFact = (dates: string[]): Fact => ({ kind: 'date', dates })

function facts(dates: (string | undefined)[]): { facts: Fact[] } {
  const known = dates.filter((it) => it !== undefined)
  return { facts: known.length === 0 ? [] : [dateFact(known)] }
}

function bothWays(
  first: string | undefined,
  second: string | undefined,
  { year, language }: { year: string | undefined; language: Known | undefined },
): (string | undefined)[] {
  const dayFirst = dateOf(first, second, year)
  return language === 'pt' || language === 'es' ? [dayFirst] : [dateOf(second, first, year), dayFirst]
}

function dateOf(day?: string, month?: string, year?: string): string | undefined {
  if (!(Number(day) >= 1 && Number(day) <= 31 && Number(month) >= 1 && Number(month) <= 12)) return undefined
  const monthDay = `${month?.padStart(2, '0')}-${day?.padStart(2, '0')}`
  if (year === undefined) return monthDay
  return `${year.length === 2 ? `20${year}` : year}-${monthDay}`
}

function monthOf(word: string | undefined, language: Known | undefined): string | undefined {
  // English writes months with a capital, and "may" without one is a verb.
  if (word === undefined || (language === 'en' && !/^\p{Lu}/u.test(word))) return undefined
  return MONTH_WORDS[language ?? 'any'].get(fold(word))?.toString()
}
