import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url))

/** Digits, with what holds them together: codes, times, phones, amounts, coordinates. */
const NUMBERS = /[+#]?\d+(?:[.:,/-]\d+)*/g
const SPANS = /\b(\d+) (minut|hour|hora)/g
/** Between the writing of a reply and its reading here. */
const READ_MINUTES_MAX = 2
/** Lines of a rendered order or list: what stands behind the mark is copied from data. */
const COPIED = [
  /^ {3}📍 (.+)$/gmu,
  /^📍 (?:Address|Endereço|Dirección|First stop|Primeira parada|Primera parada): (.+)$/gmu,
  /^👤 [\p{L} ]+: (.+)$/gmu,
  /^📞 [\p{L} ]+: (.+)$/gmu,
  /^ℹ️ [\p{L} ]+: (.+)$/gmu,
  /^📝 [\p{L} ]+: (.+)$/gmu,
  /^ *• \d+ × (.+)$/gmu,
  /^\d+\. #\w+ - (.+?) \(.+\)$/gmu,
]

type Order = {
  id: string
  customer: { name: string }
  address: { line: string }
  window: { start: string; end: string }
}
export type Ground = {
  orders: readonly Order[]
  timeZone: string
  /** When the reply was written. Unix ms. */
  at: number
  /** What the driver said, events, and whatever else may be repeated. */
  words: readonly string[]
}

/**
 * What a reply says that stands neither in the driver's orders, nor in the driver's own words, nor in the sentences
 * of the catalogue and the FAQ. Times count in every form; counts and places up to the number of orders.
 */
export function inventedIn(text: string, ground: Ground): string[] {
  const stops = ground.orders.map(({ customer, address }) => `${customer.name}, ${address.line}`)
  const data = [JSON.stringify(ground.orders), ...stops, ...ground.words].join('\n')
  const known = new Set([
    ...numbersOf(data),
    ...SENTENCES.numbers,
    ...ground.orders.flatMap((order) => timesOf(order, ground.timeZone)),
    ...Array.from({ length: ground.orders.length + 1 }, (_, count) => String(count)),
  ])
  const spans = new Set(ground.orders.flatMap((order) => spansOf(order, ground.at)))
  const bare = text
    // Distances are computed from coordinates.
    .replaceAll(/\d+(?:[.,]\d+)? (?:km|m)\b/g, '')
    .replaceAll(SPANS, (span, value, unit) => (spans.has(`${value} ${unit[0]}`) ? '' : span))
  const numbers = numbersOf(bare).filter((it) => !known.has(it))
  const copied = COPIED.flatMap((pattern) =>
    [...text.matchAll(pattern)].map(([, value]) => value?.replace(/ \([^()]* - [^()]*\)$/, '') ?? ''),
  )
  const plain = `${data}\n${SENTENCES.text}`
  // JSON writes a quotation mark with a backslash before it.
  return [
    ...numbers,
    ...copied.filter((it) => !plain.includes(it) && !plain.includes(JSON.stringify(it).slice(1, -1))),
  ]
}

function numbersOf(text: string): string[] {
  return (text.match(NUMBERS) ?? []).map((it) => it.replace(/^[+#]/, ''))
}

function timesOf({ window }: Order, timeZone: string): string[] {
  return [window.start, window.end].flatMap((at) =>
    (['numeric', '2-digit'] as const).flatMap((hour) =>
      (['en-US', 'en-GB'] as const).flatMap((locale) => {
        const format = new Intl.DateTimeFormat(locale, { timeZone, hour, minute: '2-digit' })
        return numbersOf(format.format(Date.parse(at)))
      }),
    ),
  )
}

/** How long until a time window ends, or since: `40 m`, `3 h`. */
function spansOf({ window }: Order, at: number): string[] {
  const exact = Math.abs(Date.parse(window.end) - at) / 60_000
  const minutes = Array.from({ length: 2 * READ_MINUTES_MAX + 1 }, (_, index) =>
    Math.round(exact + index - READ_MINUTES_MAX),
  )
  return minutes.flatMap((it) => [`${it} m`, `${Math.round(it / 60)} h`])
}

/** Sentences that are ours: whatever number stands in them was written by a person. */
const SENTENCES = (() => {
  const files = globSync(['services/assistant/src/replies/**/*.ts', 'infra/faq/*.md'], { cwd: CHECKOUT })
  const text = files.map((it) => readFileSync(`${CHECKOUT}/${it}`, 'utf8')).join('\n')
  // Not what is computed: a bare number of the code would allow itself.
  const literals = text.match(/`[^`]*`|'[^'\n]*'|"[^"\n]*"|^[^\s{}].*$/gm) ?? []
  return { text, numbers: new Set(literals.flatMap((it) => numbersOf(it.replaceAll(/\$\{[^}]*\}/g, ' ')))) }
})()
