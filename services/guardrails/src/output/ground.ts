import { claimsIn, type Fact, type Read } from './claims.ts'
import { decoded } from './links.ts'
import { localTimeAt } from './local-time.ts'
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
const PHONE_KEY = /phone|tel|mobile|cell?|fone|whatsapp|wa_?id/i
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
  const written: string[] = []
  for (const { value, key, place } of scalars) {
    const text = typeof value === 'string' ? plainText(value) : String(Math.abs(value))
    addWords(ground, text, place)
    if (PHONE_KEY.test(key)) ground.phones.add(digitsOf(text))
    else if (typeof value === 'number') addNumber(ground, value, timeZone)
    else written.push(text.includes('://') ? decoded(text) : text)
  }
  addWords(ground, [...keys].join(' '), -1)
  const all = written.join('\n')
  const read: Read = { language: undefined, timeZone }
  for (const { fact } of claimsIn(all, read).claims) add(ground, fact)
  for (const text of written) {
    if (/^\d{4}-\d{2}-\d{2}T/.test(text)) ground.instants.push(Date.parse(text))
  }
  for (const [sign] of all.matchAll(CURRENCY)) ground.currencies.add(CODES[sign] ?? sign)
  return ground
}

function turnOf(facts: unknown): Pick<Ground, 'today' | 'now'> {
  const now = memberOf(facts, 'now')
  const today = memberOf(facts, 'today')
  return {
    today: typeof today === 'string' ? today : undefined,
    now: typeof now === 'number' ? now : Date.parse(String(now)),
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

function addNumber(ground: Ground, value: number, timeZone: string | undefined): void {
  const written = String(Math.abs(value))
  ground.values.add(written)
  ground.codes.add(written)
  if (!MILLISECONDS.test(written)) return
  ground.instants.push(value)
  const local = localTimeAt(value, timeZone ?? 'UTC')
  if (local === undefined) return
  ground.minutes.add(local.minute)
  ground.dates.add(local.date)
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
