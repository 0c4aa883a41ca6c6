import { claimsIn, type Fact, type Read } from './claims.ts'
import { decoded } from './links.ts'
import { localTime } from './local-time.ts'
import { fold, plainText } from './plain-text.ts'
import { digitsOf } from './read-phones.ts'
import { walkFacts } from './walk-facts.ts'

/** What is true in a turn: everything that its facts say, ready to be looked up. */
export type Ground = {
  /** Where a word stands, folded: in which objects or lone strings. */
  places: Map<string, Set<number>>
  /** Of the day. */
  minutes: Set<number>
  /** `yyyy-mm-dd`, or `mm-dd` where nothing says the year. */
  dates: Set<string>
  values: Set<string>
  codes: Set<string>
  currencies: Set<string>
  phones: Set<string>
  emails: Set<string>
  /** ms */
  instants: number[]
  countMax: number
  today: string | undefined
  /** ms */
  now: number
}

const WORDS = /[\p{L}\d]+/gu
const PHONE_KEY = /phone|^tel|mobile|celular|fone|whatsapp|wa_?id/i
const PHONE_DIGITS_MIN = 8
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/
/** Text without any of these only has words. */
const STATES = /[\d@$€£]|^[A-Z]{3}$/
const MILLISECONDS = /^1[5-9]\d{11}$/
const CURRENCY = /BRL|R\$|USD|US\$|EUR|€|GBP|£|MXN|MX\$/g
const CODES: Readonly<Record<string, string>> = { R$: 'BRL', US$: 'USD', '€': 'EUR', '£': 'GBP', MX$: 'MXN' }
const CODE_DIGITS_MIN = 3

export function groundOf(facts: unknown, timeZone: string | undefined): Ground {
  const { scalars, keys, countMax } = walkFacts(facts)
  const ground: Ground = {
    ...{ places: new Map(), minutes: new Set(), dates: new Set(), values: new Set(), codes: new Set() },
    ...{ currencies: new Set(), phones: new Set(), emails: new Set(), instants: [], countMax },
    ...turnOf(facts),
  }
  const written = new Set<string>()
  for (const { value, key, place } of scalars) {
    const text = typeof value === 'string' ? plainText(value) : String(Math.abs(value))
    if (INSTANT.test(text)) {
      addInstant(ground, text, timeZone)
      continue
    }
    addWords(ground, text, place)
    const digits = PHONE_KEY.test(key) ? digitsOf(text) : ''
    if (digits.length >= PHONE_DIGITS_MIN) ground.phones.add(digits)
    else if (typeof value === 'number') addNumber(ground, text, timeZone)
    else if (STATES.test(text)) written.add(text.includes('://') ? decoded(text) : text)
  }
  addWords(ground, [...keys].join(' '), -1)
  const all = [...written].join('\n')
  const read: Read = { language: undefined, timeZone }
  for (const { fact } of claimsIn(all, read).claims) add(ground, fact)
  for (const [sign] of all.matchAll(CURRENCY)) ground.currencies.add(CODES[sign] ?? sign)
  return ground
}

function turnOf(facts: unknown): Pick<Ground, 'today' | 'now'> {
  const now = memberOf(facts, 'now')
  const today = memberOf(facts, 'today')
  return {
    today: typeof today === 'string' ? today : undefined,
    now: typeof now === 'number' ? now : Date.parse(typeof now === 'string' ? now : ''),
  }
}

function memberOf(facts: unknown, name: string): unknown {
  return typeof facts === 'object' && facts !== null ? Reflect.get(facts, name) : undefined
}

function addWords({ places }: Ground, text: string, place: number): void {
  for (const word of fold(text).match(WORDS) ?? []) {
    const known = places.get(word)
    if (known === undefined) places.set(word, new Set([place]))
    else known.add(place)
  }
}

function addNumber(ground: Ground, written: string, timeZone: string | undefined): void {
  addDigits(ground, written)
  if (MILLISECONDS.test(written)) addInstant(ground, new Date(Number(written)).toISOString(), timeZone)
}

function addInstant(ground: Ground, iso: string, timeZone: string | undefined): void {
  const local = localTime(iso, timeZone)
  if (local === undefined) return
  ground.instants.push(Date.parse(iso))
  ground.minutes.add(local.minute)
  ground.dates.add(local.date)
  ground.values.add(local.date.slice(0, 4))
}

function add(ground: Ground, fact: Fact): void {
  switch (fact.kind) {
    case 'time':
      if (fact.minutes[0] !== undefined) ground.minutes.add(fact.minutes[0])
      break
    case 'date':
      for (const date of fact.dates) {
        ground.dates.add(date)
        if (date.length > 5) ground.values.add(date.slice(0, 4))
      }
      break
    case 'phone':
      ground.phones.add(fact.digits)
      break
    case 'email':
      ground.emails.add(fact.address)
      break
    case 'code':
      ground.codes.add(fact.code)
      // "order 12345" is the one with the id ORD-12345.
      for (const digits of fact.code.match(/\d+/g) ?? []) {
        if (digits.length >= CODE_DIGITS_MIN || digits === fact.code) addDigits(ground, digits)
      }
      break
    case 'amount':
    case 'number':
      for (const value of fact.values) addDigits(ground, value)
      if (fact.kind === 'number' && fact.unit === 'hour')
        ground.minutes.add((Number(fact.values[0]) % 24) * 60)
      break
    default:
  }
}

function addDigits({ codes, values }: Ground, digits: string): void {
  codes.add(digits)
  values.add(digits.replace(/^0+(?=\d)/, ''))
}
