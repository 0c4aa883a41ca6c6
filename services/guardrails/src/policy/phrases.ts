import type { Span } from '../finding.ts'

/** By language, and there by their first word: the words of each. */
export type Phrases = ReadonlyMap<string, ReadonlyMap<string, readonly (readonly string[])[]>>
export type Word = Span & { word: string }

// A text that speaks of something this often adds nothing by speaking of it more.
const MATCHES_MAX = 20

const NONE: ReadonlyMap<string, readonly (readonly string[])[]> = new Map()

export function compilePhrases(byLanguage: Readonly<Record<string, readonly string[]>>): Phrases {
  return new Map(
    Object.entries(byLanguage).map(([language, phrases]) => [
      language,
      Map.groupBy(
        phrases.map((it) => wordsOf(it).map(({ word }) => word)),
        ([first = '']) => first,
      ),
    ]),
  )
}

/** Without case, accents and signs. */
export function wordsOf(text: string): Word[] {
  return Array.from(text.matchAll(/[\p{L}\p{N}\p{M}]+/gu), ({ 0: written, index }) => ({
    word: written.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase(),
    ...{ start: index, end: index + written.length },
  }))
}

/** Where these words say one of the phrases; those of all languages where that of the text is not known. */
export function findPhrases(words: readonly Word[], phrases: Phrases, language: string | undefined): Span[] {
  const lists = language === undefined ? [...phrases.values()] : [phrases.get(language) ?? NONE]
  const found: Span[] = []
  for (const [index, { word, start }] of words.entries()) {
    const said = lists
      .flatMap((it) => it.get(word) ?? [])
      .find((phrase) => phrase.every((it, offset) => words[index + offset]?.word === it))
    if (!said) continue
    found.push({ start, end: words[index + said.length - 1]?.end ?? start })
    if (found.length === MATCHES_MAX) break
  }
  return found
}
