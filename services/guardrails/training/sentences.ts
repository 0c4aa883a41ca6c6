import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { fold } from '../src/classifier/senses.ts'
import { wordsIn } from '../src/classifier/terms.ts'
import { normalize } from '../src/input/normalize.ts'

/** A labelled text. `isPositive`: it is what the check looks for. */
export type Sentence = {
  text: string
  lang: string
  source: string
  isPositive: boolean
  /** Tier, category or stratum: data/SOURCES.md. */
  group: string
}

/** What may be in the project: data/SOURCES.md. */
export const DATA = new URL('../data/', import.meta.url)
const ASSISTANT_EXAMPLES = new URL('../../assistant/examples/', import.meta.url)

const rowSchema = z.object({
  text: z.string(),
  label: z.string(),
  lang: z.string(),
  source: z.string(),
  tier: z.string().optional(),
  category: z.string().optional(),
  stratum: z.string().optional(),
})

/** Rows of a file of one JSON object per line. */
export function readRows(file: URL | string, isPositive: (label: string) => boolean): Sentence[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { text, label, lang, source, tier, category, stratum } = rowSchema.parse(JSON.parse(line))
      const group = tier ?? category ?? stratum ?? label
      return { text, lang, source, isPositive: isPositive(label), group }
    })
}

const LABELS = {
  injection: (label: string) => label === 'injection',
  nsfw: (label: string) => label === 'nsfw',
  scope: (label: string) => label === 'out_of_scope',
} as const
export type Task = keyof typeof LABELS
export const TASKS: readonly Task[] = ['injection', 'nsfw', 'scope']

export const publicRows = (task: Task, folder: URL = DATA, ending = '.jsonl') =>
  readRows(new URL(`${task}${ending}`, folder), LABELS[task])

const termSchema = z.object({ text: z.string() })

/**
 * Swear words of eight languages, as normalised words with single blanks; without those that stand in sentences that
 * nobody finds fault with ("black", "nuts"), and what is shorter than three letters.
 */
export function readTerms(clean: readonly { text: string }[]): Set<string> {
  const lines = readFileSync(new URL('nsfw-terms.jsonl', DATA), 'utf8').trim().split('\n')
  const terms = lines.map((line) =>
    wordsIn(normalize(termSchema.parse(JSON.parse(line)).text).text).join(' '),
  )
  const said = saidIn(clean)
  return new Set(terms.filter((term) => term.length >= 3 && !said.has(term)).sort())
}

/** Words, and two and three in a row. */
function saidIn(texts: readonly { text: string }[]): Set<string> {
  const said = new Set<string>()
  for (const { text } of texts) {
    const words = wordsIn(normalize(text).text)
    for (let length = 1; length <= 3; length += 1)
      for (let start = 0; start + length <= words.length; start += 1)
        said.add(words.slice(start, start + length).join(' '))
  }
  return said
}

const sensesSchema = z.record(z.string(), z.record(z.string(), z.string()))

/** What words say, of all languages together; no word is rude that stands in sentences that nobody finds fault with. */
export function readSenses(clean: readonly { text: string }[]): Record<string, string[]> {
  const said = [...saidIn(clean)].map(fold)
  const isSaid = (word: string) =>
    said.some((it) => (word.endsWith('*') ? it.startsWith(word.slice(0, -1)) : it === word))
  const file = sensesSchema.parse(parse(readFileSync(new URL('abuse-words.yaml', DATA), 'utf8')))
  return Object.fromEntries(
    Object.entries(file).map(([sense, languages]) => {
      const words = Object.values(languages).flatMap((line) => line.split(',').map((word) => word.trim()))
      const kept = sense === 'swear' ? words.filter((word) => !isSaid(word)) : words
      return [sense, [...new Set(kept)].sort()]
    }),
  )
}

const ownSchema = z.record(z.string(), z.record(z.string(), z.array(z.string())))
/** So many sentences of one pattern at most. */
const FILLED_MAX = 40

/** Our own patterns, filled in. `group` is the heading that they stand under. */
export function ownSentences(
  name: 'injection' | 'scope' | 'nsfw',
): (Omit<Sentence, 'isPositive'> & { group: string })[] {
  const file = ownSchema.parse(parse(readFileSync(new URL(`own-${name}.yaml`, DATA), 'utf8')))
  return Object.entries(file).flatMap(([group, languages]) =>
    Object.entries(languages).flatMap(([lang, patterns]) =>
      patterns.flatMap((pattern) => fill(pattern).map((text) => ({ text, lang, source: 'own', group }))),
    ),
  )
}

/** Every combination of the words in braces, thinned out evenly. */
function fill(pattern: string): string[] {
  const parts = pattern.replaceAll('{N}', '48213').split(/\{([^{}]*)\}/)
  const choices = parts.map((part, index) => (index % 2 === 1 ? part.split('|') : [part]))
  const count = choices.reduce((product, { length }) => product * length, 1)
  const wanted = Math.min(count, FILLED_MAX)
  return Array.from({ length: wanted }, (_, index) => {
    // A step that shares no factor with the count visits every choice of every part.
    let rest = Math.floor((index * count) / wanted) + (index % (choices.at(1)?.length ?? 1))
    rest %= count
    const words = choices.map((options) => {
      const chosen = options[rest % options.length] ?? ''
      rest = Math.floor(rest / options.length)
      return chosen
    })
    return words
      .join('')
      .replaceAll(/\s+([,.])/g, '$1')
      .trim()
  })
}

const exampleSchema = z.partialRecord(
  z.enum(['en', 'pt', 'es']),
  z.array(z.union([z.string(), z.looseObject({ say: z.string() })])),
)

/** What the assistant learns from: sentences of drivers by the tool that they ask for, and of what no tool is for. */
export function assistantExamples(tool: string): { text: string; lang: string }[] {
  const file = exampleSchema.parse(parse(readFileSync(new URL(`${tool}.yaml`, ASSISTANT_EXAMPLES), 'utf8')))
  return Object.entries(file).flatMap(([lang, entries]) =>
    entries.map((entry) => ({ lang, text: typeof entry === 'string' ? entry : entry.say })),
  )
}
