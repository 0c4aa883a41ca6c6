import { nameIn, numbersIn } from './find-references.ts'
import type { OfferedTool } from './understand.ts'
import vocabulary from './vocabulary.json' with { type: 'json' }
import { conceptsIn, containsAny, isVocabulary, plain, readWords, type Word } from './words.ts'

type ToolEntry = { when: string[]; acts?: boolean; negates?: boolean }
export type Match = { tool: OfferedTool; entry: ToolEntry; score: number; isReferenceOnly: boolean }

const entries = new Map<string, ToolEntry>(Object.entries(vocabulary.tools))
const LIST_WORDS_MAX = 3

/** `whole` is what the clause stands in: a "don't" anywhere in it counts. */
export function matchTool(clause: string, whole: string, tools: readonly OfferedTool[]): Match | undefined {
  const words = readWords(clause)
  const concepts = conceptsIn(words)
  if (numbersIn(words).length > 0) concepts.add('ref')
  if (nameIn(words) !== undefined) concepts.add('name')
  const isNegated = containsAny(readWords(whole), vocabulary.hedges.negation)
  const isPlain = isStatement(whole, readWords(whole))

  const strangeWords = words.filter(({ form }) => !isVocabulary(form) && !/\d/.test(form)).length

  const candidates = [...tools, ...notOffered(tools)].flatMap((tool): Match[] => {
    const entry = entries.get(tool.name) ?? entryFromName(tool, words)
    const scores = (entry?.when ?? []).flatMap((pattern) => scoreOf(pattern, concepts, words) ?? [])
    const score = Math.max(0, ...scores)
    if (!entry || score === 0 || strangeWords > strangeWordsMax(score)) return []
    return [{ tool, entry, score, isReferenceOnly: score === 1 && isOnlyReference(concepts) }]
  })
  const [favourite] = candidates.sort((a, b) => b.score - a.score)
  // What is wanted is something that nothing on offer does.
  if (favourite && !tools.includes(favourite.tool)) return undefined
  const [best, ...others] = candidates.filter(({ tool }) => tools.includes(tool))
  if (!best?.entry.acts) return best
  if (best.entry.negates ? isPlain : isPlain && !isNegated) return best
  // Asked about instead of told to: look, don't touch. Told not to: nothing.
  return isNegated ? undefined : others.find(({ entry }) => !entry.acts)
}

/** Tools that are described here but not on offer: their words must not be taken for something else. */
function notOffered(tools: readonly OfferedTool[]): OfferedTool[] {
  return [...entries.keys()]
    .filter((name) => !tools.some((tool) => tool.name === name))
    .map((name) => ({ name, description: '', parameters: {} }))
}

/** Many words that mean nothing here: the sentence is about something else, whatever a few of them suggest. */
function strangeWordsMax(score: number): number {
  if (score < 1) return 0
  return score < 2 ? 1 : score < 3 ? 3 : 5
}

/** `a+b` needs both; `a!` needs nothing else of substance; `=3` is the score, or else the number of parts. */
function scoreOf(pattern: string, concepts: ReadonlySet<string>, words: readonly Word[]): number | undefined {
  const [names = '', score] = pattern.split('=')
  const parts = names
    .replace('!', '')
    .split('+')
    .filter((part) => part !== '')
  if (!parts.every((part) => concepts.has(part))) return undefined
  if (names.endsWith('!') && (words.length > LIST_WORDS_MAX || concepts.size > 1)) return undefined
  return score === undefined ? parts.length : Number(score)
}

function isOnlyReference(concepts: ReadonlySet<string>): boolean {
  return [...concepts].every((concept) => ['ref', 'it', 'name', 'order'].includes(concept))
}

function isStatement(text: string, words: readonly Word[]): boolean {
  const { doubt, question, request } = vocabulary.hedges
  if (containsAny(words, doubt)) return false
  if (containsAny(words, request)) return true
  const startsAsQuestion = containsAny(words.slice(0, 1), question)
  // Without its accent the Spanish yes is an if, unless a comma tells.
  const isCondition = /(^|\s)si\s/i.test(text)
  return !text.includes('?') && !startsAsQuestion && !isCondition
}

/** A tool that nobody described here: called when every word of its name is said. */
function entryFromName({ name }: OfferedTool, words: readonly Word[]): ToolEntry | undefined {
  const said = new Set(words.map(({ written }) => plain(written)))
  const parts = name.split('_').filter((part) => part.length > 2)
  return parts.length > 1 && parts.every((part) => said.has(part)) ? { when: ['=5'], acts: true } : undefined
}
