import type { Span } from '../finding.ts'
import { normalize } from './normalize.ts'

const LEET: Readonly<Record<string, string>> = {
  ...{ '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't' },
  ...{ '8': 'b', '9': 'g', '@': 'a', $: 's', '!': 'i', '|': 'l' },
}
const LEET_WORD = /[a-z0-9@$!|]{3,30}/g
const LEET_SIGN = /[0-9@$!|]/
const SPACED = /(?:[a-z0-9][ ._*-]){4,80}[a-z0-9](?![a-z0-9])/g
// In the original text: lower case would make something else of it.
const BASE64 = /[A-Za-z0-9+/_-]{16,4096}={0,2}/g
const HEX = /(?:[0-9a-fA-F]{2}[ :]?){12,2048}/g
const PERCENT = /(?:%[0-9a-fA-F]{2}|[A-Za-z0-9]){4,2048}/g
const ESCAPES = /(?:(?:\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|&#x?[0-9a-fA-F]{1,6};)[ ]?){6,512}/g
const ENCODED_MAX = 8

/** Views of a text as people write to get past a filter: letters as digits, letters spaced out, and from behind. */
export function viewsOf(normal: string): string[] {
  const unleeted = normal.replaceAll(LEET_WORD, (word) =>
    LEET_SIGN.test(word) && /[a-z]/.test(word)
      ? word.replaceAll(/[0-9@$!|]/g, (sign) => LEET[sign] ?? sign)
      : word,
  )
  const closed = normal.replaceAll(SPACED, (run) => run.replaceAll(/[ ._*-]/g, ''))
  // The blanks that are left stood between words.
  const spacedOut = closed.replaceAll(/ {2,}/g, ' ')
  const backwards = Array.from(normal).reverse().join('')
  return [unleeted, spacedOut, backwards].filter((view) => view !== normal)
}

/** What stands in a text in base64, hexadecimal numbers or escapes, where it is text. Offsets in the original. */
export function decodedIn(original: string): (Span & { text: string })[] {
  const found: (Span & { text: string })[] = []
  const add = (start: number, encoded: string, decode: (text: string) => string) => {
    if (found.length >= ENCODED_MAX) return
    const text = readable(decode(encoded))
    if (text !== undefined) found.push({ text, start, end: start + encoded.length })
  }
  for (const [pattern, decode] of CODES)
    for (const match of original.matchAll(pattern)) add(match.index, match[0], decode)
  return found
}

const CODES: readonly (readonly [RegExp, (text: string) => string])[] = [
  [BASE64, (text) => Buffer.from(text, 'base64').toString('utf8')],
  [HEX, (text) => Buffer.from(text.replaceAll(/[ :]/g, ''), 'hex').toString('utf8')],
  [PERCENT, (text) => (text.includes('%') ? Buffer.from(percentBytes(text)).toString('utf8') : '')],
  [
    ESCAPES,
    (text) =>
      text
        .replaceAll(/\\[ux]([0-9a-fA-F]{2,4})|&#x([0-9a-fA-F]{1,6});/g, (_all, a, b) =>
          character(Number.parseInt(a ?? b, 16)),
        )
        .replaceAll(/&#(\d{1,6});/g, (_all, code) => character(Number(code)))
        .replaceAll(' ', ''),
  ],
]

const character = (code: number) => (code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '')

function percentBytes(text: string): number[] {
  return (text.match(/%[0-9a-fA-F]{2}|./g) ?? []).map((it) =>
    it.startsWith('%') ? Number.parseInt(it.slice(1), 16) : it.charCodeAt(0),
  )
}

const WORDS = /[\p{L}]{2,}/gu

/** Text, and not what random bytes look like: nearly all of it letters and blanks, and more than one word. */
function readable(decoded: string): string | undefined {
  const { text } = normalize(decoded)
  const letters = (text.match(/[\p{L}\p{N} .,:;!?'"<>()[\]/_-]/gu) ?? []).length
  if (text.length < 8 || decoded.includes('\uFFFD') || letters < text.length * 0.95) return undefined
  return (text.match(WORDS)?.length ?? 0) >= 2 ? text : undefined
}
