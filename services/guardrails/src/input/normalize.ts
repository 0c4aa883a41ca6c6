import unhomoglyph from 'unhomoglyph'
import type { Span } from '../finding.ts'

/** A text as it reads, with where each character of it came from. */
export type Normal = {
  text: string
  /** For each UTF-16 unit of `text`, the offset in the original; one more at the end. */
  origins: Uint32Array
  /** Where a piece of `text` stands in the original. */
  spanOf: (span: Span) => Span
}

// Zero-width, direction marks, tags, soft hyphens, variation selectors, and other characters that show nothing.
const UNSEEN = /^(?:\p{Cf}|\p{Cc}|\p{Default_Ignorable_Code_Point})$/u
const MARK = /^\p{Mn}$/u
const LATIN_LETTER = /\p{Script=Latin}/u
const LETTER = /^\p{L}$/u
const MIXED_SCRIPT = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u
const SPACE = /^\s$/u

/**
 * Lower case, one form of each character (NFKC), no accents, nothing invisible, look-alike letters of other scripts as
 * the Latin ones that they pretend to be where they stand in a word with Latin letters, runs of white space as one blank.
 */
export function normalize(original: string): Normal {
  const pieces: string[] = []
  const origins: number[] = []
  let wasBlank = true
  const push = (piece: string, origin: number) => {
    for (let unit = 0; unit < piece.length; unit += 1) origins.push(origin)
    pieces.push(piece)
    wasBlank = piece === ' '
  }
  const wordsWithLookAlikes = wordsThatMix(original)
  let word = 0
  for (let at = 0; at < original.length; ) {
    const character = String.fromCodePoint(original.codePointAt(at) ?? 0)
    const code = character.charCodeAt(0)
    if (code > 0x20 && code < 0x7f) {
      push(code >= 0x41 && code <= 0x5a ? character.toLowerCase() : character, at)
    } else if (SPACE.test(character)) {
      if (!wasBlank) push(' ', at)
    } else if (!UNSEEN.test(character)) {
      while (word < wordsWithLookAlikes.length && (wordsWithLookAlikes[word]?.end ?? 0) <= at) word += 1
      const mixed = wordsWithLookAlikes[word]
      const isMixed = mixed !== undefined && mixed.start <= at
      const lower = character.toLowerCase()
      const seen = (isMixed ? unhomoglyph(lower) : lower).normalize('NFKD')
      // Half a surrogate pair is no character.
      const plain = seen.isWellFormed()
        ? Array.from(seen)
            .filter((it) => !MARK.test(it) && !UNSEEN.test(it))
            .join('')
        : ''
      if (plain.trim() !== '') push(plain, at)
      else if (plain !== '' && !wasBlank) push(' ', at)
    }
    at += character.length
  }
  origins.push(original.length)
  return {
    text: pieces.join(''),
    origins: Uint32Array.from(origins),
    spanOf: ({ start, end }) => ({
      start: origins[start] ?? 0,
      // Up to the end of its last character, and not to where the next one begins that shows.
      end: end <= start ? (origins[start] ?? 0) : endOf(original, origins[end - 1] ?? 0),
    }),
  }
}

function endOf(text: string, at: number): number {
  return Math.min(text.length, at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1))
}

/** Words with letters of more than one of the scripts that look alike. */
function wordsThatMix(text: string): { start: number; end: number }[] {
  if (!MIXED_SCRIPT.test(text)) return []
  const found: { start: number; end: number }[] = []
  let start = -1
  let [hasLatin, hasOther] = [false, false]
  const close = (end: number) => {
    if (start >= 0 && hasLatin && hasOther) found.push({ start, end })
    start = -1
    hasLatin = false
    hasOther = false
  }
  for (let at = 0; at < text.length; ) {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0)
    if (LETTER.test(character)) {
      if (start < 0) start = at
      if (LATIN_LETTER.test(character)) hasLatin = true
      else if (MIXED_SCRIPT.test(character)) hasOther = true
    } else if (SPACE.test(character)) close(at)
    at += character.length
  }
  close(text.length)
  return found
}
