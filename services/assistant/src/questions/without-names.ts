import { normalize } from '../understand/normalize.ts'

const QUESTION_LENGTH_MAX = 200
const NAME_LENGTH_MIN = 3

/**
 * A question as it is kept and counted: nothing in it says who asked, or of whom. Numbers, links and addresses are gone,
 * and so are the given names and every word with a capital that does not begin a sentence.
 */
export function withoutNames(words: string, names: readonly string[]): string {
  const known = new Set(
    names.flatMap((name) => normalize(name).split(' ')).filter((it) => it.length >= NAME_LENGTH_MIN),
  )
  const kept = words
    .replaceAll(/\S+@\S+|https?:\/\/\S+|www\.\S+/gi, ' ')
    .split(/(?<=[.!?¿¡])\s+|\n/)
    .flatMap((sentence) =>
      sentence.split(/\s+/).filter((word, index) => index === 0 || !/^[¿¡"'(]*\p{Lu}\p{Ll}/u.test(word)),
    )
    .join(' ')
  return normalize(kept)
    .split(' ')
    .filter((word) => !/\d/.test(word) && !known.has(word))
    .join(' ')
    .replaceAll('#', '')
    .replaceAll(/ +/g, ' ')
    .trim()
    .slice(0, QUESTION_LENGTH_MAX)
}
