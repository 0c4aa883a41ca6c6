import type { Span } from '../finding.ts'

/** A text in plain letters and digits, and where each piece of it stood in the text as it was sent. */
export type FoldedText = { text: string; spanOf: (start: number, end: number) => Span }

/**
 * Full-width and other digits become 0 to 9, accents go, any blank is a space, any dash a hyphen, and what is not seen
 * (zero-width, direction marks) is left out. Case and line ends stay.
 */
export const foldText = (text: string): FoldedText => {
  if (!BEYOND_ASCII.test(text)) return { text, spanOf: (start, end) => ({ start, end }) }
  let folded = ''
  const starts: number[] = []
  const ends: number[] = []
  let at = 0
  for (const character of text) {
    const plain = character <= '\x7f' ? character : foldCharacter(character)
    for (let unit = 0; unit < plain.length; unit++) {
      // A character of two units that stays as it is keeps both.
      starts.push(plain.length === 1 ? at : at + unit)
      ends.push(plain.length === 1 ? at + character.length : at + unit + 1)
    }
    folded += plain
    at += character.length
  }
  return { text: folded, spanOf: (start, end) => ({ start: starts[start] ?? at, end: ends[end - 1] ?? at }) }
}

const BEYOND_ASCII = /[\u0080-\uffff]/
const DIGIT = /^\p{Nd}$/u
const BLANK = /^\p{Zs}$/u
const DASH = /^[\p{Pd}\u2212]$/u
const UNSEEN = /^[\p{Cf}\p{M}\u115f\u1160\u3164]$/u
const MARKS = /\p{M}/gu
const IS_ASCII = /^[\x20-\x7e]$/

const foldedCharacters = new Map<string, string>()

const foldCharacter = (character: string): string => {
  const known = foldedCharacters.get(character)
  if (known !== undefined) return known
  const plain = lookAtCharacter(character)
  // Those of one unit are few enough to remember for ever.
  if (character.length === 1) foldedCharacters.set(character, plain)
  return plain
}

const lookAtCharacter = (character: string): string => {
  if (UNSEEN.test(character)) return ''
  if (DIGIT.test(character)) return String(digitValue(character.codePointAt(0) ?? 0))
  if (BLANK.test(character)) return ' '
  if (DASH.test(character)) return '-'
  const base = character.normalize('NFKD').replace(MARKS, '')
  return IS_ASCII.test(base) ? base : character
}

/** Unicode keeps the digits of a script together, from zero to nine. */
const digitValue = (codePoint: number): number => {
  let before = 0
  while (DIGIT.test(String.fromCodePoint(codePoint - before - 1))) before += 1
  return before % 10
}
