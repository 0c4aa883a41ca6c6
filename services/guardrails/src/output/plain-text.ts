/**
 * A text as a reader sees it: every digit of every script is an ASCII digit, wide and styled letters are plain ones,
 * what has no width is gone. Case, accents and line breaks stay. `starts[i]` and `ends[i]` are where the unit at `i`
 * stood in the text as it was sent.
 */
export type PlainText = { text: string; starts: readonly number[]; ends: readonly number[] }

const ASCII = /^[\0-\x7F]*$/
const INVISIBLE = /^(?:[\p{Cf}\p{Variation_Selector}\u115F\u1160\u3164]|\u20E3)$/u
const DIGIT = /^\p{Nd}$/u
const LOOKALIKES: Readonly<Record<string, string>> = {
  '\u2019': "'",
  '\u02BC': "'",
  '\u2010': '-',
  '\u2011': '-',
  '\u2012': '-',
  '\u2013': '-',
  '\u2014': '-',
  '\u2212': '-',
  '\u3002': '.',
  '\u066B': '.',
  '\u066C': ',',
}

export function toPlainText(sent: string): PlainText {
  const units: string[] = []
  const starts: number[] = []
  const ends: number[] = []
  for (let start = 0; start < sent.length; ) {
    const code = sent.codePointAt(start) ?? 0
    const end = start + (code > 0xffff ? 2 : 1)
    for (const unit of plainOf(code).split('')) {
      units.push(unit)
      starts.push(start)
      ends.push(end)
    }
    start = end
  }
  return { text: units.join(''), starts, ends }
}

/** The text alone. */
export function plainText(sent: string): string {
  return ASCII.test(sent) ? sent : toPlainText(sent).text
}

/** Where a piece of the plain text stands in the text as it was sent. */
export function sentSpan({ starts, ends }: PlainText, start: number, end: number) {
  const from = starts[start] ?? ends.at(-1) ?? 0
  return { start: from, end: Math.max(from, ends[end - 1] ?? 0) }
}

/** Without case and accents, to compare by. */
export function fold(text: string): string {
  return (ASCII.test(text) ? text : text.normalize('NFKD').replaceAll(/\p{Mn}+/gu, '')).toLowerCase()
}

function plainOf(code: number): string {
  const char = String.fromCodePoint(code)
  if (code < 0x80 || (code >= 0xc0 && code < 0x180)) return char
  const known = LOOKALIKES[char]
  if (known !== undefined) return known
  if (INVISIBLE.test(char)) return ''
  const plain = char.normalize('NFKC')
  return DIGIT.test(plain) ? digitOf(plain.codePointAt(0) ?? 0) : plain
}

/** Unicode keeps the ten digits of a script together, with nothing of the kind before the first. */
function digitOf(code: number): string {
  let zero = code
  while (DIGIT.test(String.fromCodePoint(zero - 1))) zero--
  return String((code - zero) % 10)
}
