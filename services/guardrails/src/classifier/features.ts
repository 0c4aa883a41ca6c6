/** Features are hashed into so many places. */
export const PLACES = 2 ** 16

const GRAM = { min: 2, max: 5 }
const WORD = /[\p{L}\p{M}\p{N}#]+|[^\p{L}\p{M}\p{N}\s]/gu
// Enough of a word to know it: what is longer is no word.
const WORD_LENGTH_MAX = 24

/**
 * Places of everything that is in a normalised text: words, pairs of words, and pieces of 2 to 5 characters of each word.
 * Numbers count as numbers, whichever they are. Each place once. That there are swear words is a feature of
 * its own: it carries over from one language to another.
 */
export function featuresOf(text: string, rudeWords: number): Set<number> {
  const places = new Set<number>()
  if (rudeWords > 0) places.add(placeOf('t 1'))
  if (rudeWords > 1) places.add(placeOf('t 2'))
  let before = '^'
  for (const match of text.matchAll(WORD)) {
    const word = plainWord(match[0])
    places.add(placeOf(`w ${word}`))
    places.add(placeOf(`p ${before} ${word}`))
    const framed = `<${word}>`
    for (let start = 0; start < framed.length; start += 1) {
      let state = SEED
      for (let length = 1; length <= GRAM.max && start + length <= framed.length; length += 1) {
        state = step(state, framed.charCodeAt(start + length - 1))
        if (length >= GRAM.min) places.add(place(state))
      }
    }
    before = word
  }
  places.add(placeOf(`p ${before} $`))
  return places
}

function plainWord(word: string): string {
  if (/^\p{N}+$/u.test(word)) return word.length >= 4 ? '#' : '0'
  return word.slice(0, WORD_LENGTH_MAX)
}

// FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/
const SEED = 0x811c9dc5
const step = (state: number, code: number) => Math.imul(state ^ code, 0x01000193)
/** The upper bits of a hash are better mixed than the lower ones. */
const place = (state: number) => ((state ^ (state >>> 16)) >>> 0) % PLACES

/** The place of a feature by its name. */
export function placeOf(text: string): number {
  let state = SEED
  for (let index = 0; index < text.length; index += 1) state = step(state, text.charCodeAt(index))
  return place(state)
}
