import vocabulary from './vocabulary.json' with { type: 'json' }

export type Language = 'en' | 'pt' | 'es'
export const LANGUAGES: readonly Language[] = ['en', 'pt', 'es']

/** `form` is what is compared: lower case, no accents, abbreviations written out; `written` is as it came. */
export type Word = { form: string; written: string }

const abbreviations = new Map(Object.entries(vocabulary.abbreviations))
const TYPO_LENGTH_MIN = 5
const TWO_TYPOS_LENGTH_MIN = 9

/** Which languages use a word, and with which concepts. */
const known = new Map<string, Set<Language>>()
const phrases = new Map<string, Set<string>>() // phrase → concepts
for (const language of LANGUAGES) {
  for (const word of vocabulary.function_words[language].split(' ')) learn(word, language)
}
for (const [concept, byLanguage] of Object.entries(vocabulary.concepts)) {
  for (const language of LANGUAGES) {
    for (const phrase of byLanguage[language].split(' ')) {
      const key = phrase.replaceAll('_', ' ')
      phrases.set(key, (phrases.get(key) ?? new Set()).add(concept))
      learn(phrase, language)
    }
  }
}

function learn(phrase: string, language: Language) {
  for (const word of phrase.split('_')) known.set(word, (known.get(word) ?? new Set()).add(language))
}

const listed = Object.values({ ...vocabulary.hedges, ...vocabulary.references }).flatMap((list) =>
  list.split(/[ _]/),
)
const vocabularyWords = new Set([...known.keys(), ...listed])
const PHRASE_WORDS_MAX = 5

export function isVocabulary(form: string): boolean {
  return vocabularyWords.has(form)
}

export function languagesOf(form: string): ReadonlySet<Language> {
  return known.get(form) ?? new Set()
}

export function readWords(text: string): Word[] {
  return text
    .split(/[^\p{L}\p{M}\p{N}#'’.]+/u)
    .map((written) => written.replace(/^[.'’]+|[.'’]+$/g, ''))
    .filter((written) => written !== '')
    .flatMap((written) => {
      const form = plain(written)
      const full = abbreviations.get(form) ?? form
      return full.split(' ').map((word) => ({ form: withoutTypo(word), written }))
    })
}

/** Lower case without accents and apostrophes: "What's" → "what", "amanhã" → "amanha", "don't" → "dont". */
export function plain(written: string): string {
  return written
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/['’]s$/, '')
    .replace(/['’.]/g, '')
}

/** The concepts that the words touch, as whole phrases. */
export function conceptsIn(words: readonly Word[]): Set<string> {
  const found = new Set<string>()
  for (let start = 0; start < words.length; start++) {
    for (let length = 1; length <= PHRASE_WORDS_MAX && start + length <= words.length; length++) {
      for (const concept of phrases.get(formsOf(words.slice(start, start + length))) ?? []) found.add(concept)
    }
  }
  return found
}

/** Whether one of the phrases of a list (blanks between phrases, `_` inside) stands in the words. */
export function containsAny(words: readonly Word[], list: string): boolean {
  const text = ` ${formsOf(words)} `
  return phrasesOf(list).some((phrase) => text.includes(phrase))
}

const splitLists = new Map<string, readonly string[]>()

function phrasesOf(list: string): readonly string[] {
  const split = splitLists.get(list) ?? list.split(' ').map((phrase) => ` ${phrase.replaceAll('_', ' ')} `)
  splitLists.set(list, split)
  return split
}

export function formsOf(words: readonly Word[]): string {
  return words.map(({ form }) => form).join(' ')
}

function withoutTypo(word: string): string {
  if (vocabularyWords.has(word) || word.length < TYPO_LENGTH_MIN || /\d/.test(word)) return word
  const distanceMax = word.length >= TWO_TYPOS_LENGTH_MIN ? 2 : 1
  for (const candidate of vocabularyWords) {
    if (candidate.length < TYPO_LENGTH_MIN || candidate[0] !== word[0]) continue
    if (Math.abs(candidate.length - word.length) <= distanceMax && distance(candidate, word) <= distanceMax) {
      return candidate
    }
  }
  return word
}

/** Damerau-Levenshtein: letters added, left out, changed, or two exchanged. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, change)
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row.push(isSwap ? Math.min(best, (beforeLast[j - 2] ?? 0) + 1) : best)
    }
    beforeLast = last
    last = row
  }
  return last[b.length] ?? 0
}
