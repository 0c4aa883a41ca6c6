import { placeOf } from './features.ts'

/** By what they say ("group", "harm", "kind"): words, `*` for any ending, and phrases of two or three words; folded. */
export type Senses = Readonly<Record<string, readonly string[]>>
/** What each word of a text says: some say several things, most nothing. A phrase says it where it begins. */
export type ReadSenses = (words: readonly string[]) => string[][]

const PHRASE_MAX = 3
const STEM = { min: 2, max: 20 }
/** Article, preposition and the prefixes of verbs, which Arabic writes together with the word. */
const ARABIC_PREFIXES = [
  /^[وف]?(?:[بك]?ال|لل)(?=..)/u,
  /^[وفبلك](?=[\p{Script=Arabic}]{3})/u,
  /^[وف]?[سبح]?[ينتا](?=[\p{Script=Arabic}]{3})/u,
]

export function sensesReader(senses: Senses): ReadSenses {
  const whole = new Map<string, string[]>()
  const stems = new Map<string, string[]>()
  const heads = new Set<string>()
  for (const [sense, words] of Object.entries(senses)) {
    for (const word of words) {
      const [map, key] = word.endsWith('*') ? [stems, word.slice(0, -1)] : [whole, word]
      map.set(key, [...(map.get(key) ?? []), sense])
      if (key.includes(' ')) heads.add(key.slice(0, key.indexOf(' ')))
    }
  }
  const lookUp = (text: string, stemMin: number): string[] => {
    const found = whole.get(text) ?? []
    for (let length = Math.min(text.length, STEM.max); length >= stemMin; length -= 1) {
      const more = stems.get(text.slice(0, length))
      if (more) return [...new Set([...found, ...more])]
    }
    return found
  }
  const sayingOf = (word: string): string[] => {
    const found = lookUp(word, STEM.min)
    if (found.length > 0 || !/^\p{Script=Arabic}/u.test(word)) return found
    for (const prefix of ARABIC_PREFIXES) {
      const rest = word.replace(prefix, '')
      const more = rest === word ? [] : lookUp(rest, STEM.min)
      if (more.length > 0) return more
    }
    return found
  }
  const phraseAt = (words: readonly string[], at: number) => {
    if (!heads.has(words[at] ?? '')) return undefined
    for (let length = Math.min(PHRASE_MAX, words.length - at); length > 1; length -= 1) {
      const before = words.slice(at, at + length - 1).join(' ')
      const saying = lookUp(words.slice(at, at + length).join(' '), before.length + 2)
      if (saying.length > 0) return { length, saying }
    }
    return undefined
  }
  return (words) => {
    const folded = words.map(fold)
    const said: string[][] = []
    for (let at = 0; at < folded.length; ) {
      const { length, saying } = phraseAt(folded, at) ?? { length: 1, saying: sayingOf(folded[at] ?? '') }
      said.push(saying)
      at += length
    }
    return said
  }
}

/** The letters that a normalised text still writes in two ways. */
export const fold = (word: string) => word.replaceAll('ß', 'ss').replaceAll('ة', 'ه').replaceAll('ى', 'ي')

const NEAR = 4
const HOSTILE = ['slur', 'swear', 'hate', 'low', 'harm', 'away']
const TELLING = ['group', ...HOSTILE, 'kind', 'denies', 'says']

/**
 * Places of what a text says, whichever its language and words: each sense, pairs of them that stand near each other, all
 * that tell together, and that nothing is hostile.
 */
export function sensePlacesOf(said: readonly (readonly string[])[]): Set<number> {
  const present = new Set(said.flat())
  const isHostile = HOSTILE.some((sense) => present.has(sense))
  const places = new Set([placeOf(`s ${TELLING.filter((sense) => present.has(sense)).join(' ')}`)])
  for (const sense of present) {
    places.add(placeOf(`s ${sense} .`))
    if (!isHostile) places.add(placeOf(`s ${sense} only`))
  }
  for (const [at, first] of said.entries()) {
    for (const then of said.slice(at + 1, at + 1 + NEAR)) {
      for (const sense of first) for (const other of then) places.add(placeOf(`s ${sense} > ${other}`))
    }
  }
  return places
}
