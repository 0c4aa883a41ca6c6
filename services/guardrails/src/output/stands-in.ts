import type { Fact } from './claims.ts'
import type { Ground } from './ground.ts'
import { addDays } from './local-time.ts'
import { isSamePhone } from './read-phones.ts'
import { DAY_WORDS } from './words.ts'

const READ_MINUTES_MAX = 1

/** Whether the facts of the turn say so. Counts and places up to the length of the longest list are said by it. */
export function standsIn(ground: Ground, fact: Fact): boolean {
  const { minutes, dates, values, codes, places } = ground
  switch (fact.kind) {
    case 'time':
      return fact.minutes.some((it) => minutes.has(it))
    case 'date':
      return fact.dates.some((it) => dates.has(it) || isOfSomeYear(dates, it))
    case 'weekday':
      return places.has(fact.word) || [...dates].some((it) => weekdayOf(it) === fact.weekday)
    case 'day':
      return isDayOf(ground, fact.offset)
    case 'phone':
      return isPhoneOf(ground, fact.digits)
    case 'email':
      return ground.emails.has(fact.address)
    case 'amount':
      return fact.values.some((it) => values.has(it)) && isCurrencyOf(ground, fact.currency)
    case 'code':
      return codes.has(fact.code) || isPhoneOf(ground, fact.code)
    case 'number':
      return fact.values.some((it) => values.has(it) || isCountOf(ground, it)) || isMeasureOf(ground, fact)
  }
}

export function isPhoneOf({ phones }: Ground, digits: string): boolean {
  for (const phone of phones) if (isSamePhone(phone, digits)) return true
  return false
}

function isOfSomeYear(dates: ReadonlySet<string>, date: string): boolean {
  if (date.length > 5) return dates.has(date.slice(5))
  for (const it of dates) if (it.endsWith(date)) return true
  return false
}

function weekdayOf(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay()
}

function isDayOf({ today, dates, places }: Ground, offset: number): boolean {
  const date = today === undefined ? undefined : addDays(today, offset)
  if (date === undefined || dates.has(date)) return true
  for (const [word, it] of DAY_WORDS.any) if (it === offset && places.has(word)) return true
  return false
}

function isCurrencyOf({ currencies }: Ground, currency: string): boolean {
  if (currencies.size === 0 || currencies.has(currency)) return true
  // A lone dollar sign is the money of many countries.
  return currency === '$' && (currencies.has('USD') || currencies.has('MXN'))
}

function isCountOf({ countMax }: Ground, value: string): boolean {
  return /^\d{1,6}$/.test(value) && Number(value) <= countMax
}

/** Hours of the clock without minutes, kilometres out of metres, and how long it is until something or since. */
function isMeasureOf(
  ground: Ground,
  { values: [first = ''], unit, isHour }: Fact & { kind: 'number' },
): boolean {
  const value = Number(first)
  if ((isHour === true || unit === 'hour') && value <= 24) {
    const isAt = [value, value + 12].some((hour) => ground.minutes.has((hour % 24) * 60))
    if (isAt) return true
  }
  switch (unit) {
    case 'minute':
      return ground.instants.some((at) => isAbout(Math.abs(at - ground.now) / 60_000, value))
    case 'hour':
      return ground.instants.some((at) => Math.round(Math.abs(at - ground.now) / 3_600_000) === value)
    case 'km':
      for (const it of ground.values) if (isKilometresOf(Number(it), first)) return true
      return false
    default:
      return isPhoneOf(ground, first)
  }
}

function isAbout(minutes: number, value: number): boolean {
  return Math.abs(Math.round(minutes) - value) <= READ_MINUTES_MAX
}

function isKilometresOf(metres: number, kilometres: string): boolean {
  const decimals = kilometres.split('.')[1]?.length ?? 0
  return (
    metres >= 100 &&
    (metres / 1000).toFixed(Math.min(decimals, 3)) === Number(kilometres).toFixed(Math.min(decimals, 3))
  )
}
