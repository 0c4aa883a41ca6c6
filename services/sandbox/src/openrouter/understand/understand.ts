import { fillArguments } from './fill-arguments.ts'
import { nameIn, numbersIn } from './find-references.ts'
import type { JsonSchema } from './json-schema.ts'
import { languageOf } from './language-of.ts'
import vocabulary from './vocabulary.json' with { type: 'json' }
import { conceptsIn, containsAny, type Language, plain, readWords, type Word } from './words.ts'

export type OfferedTool = { name: string; description: string; parameters: JsonSchema }
export type ToolCall = { name: string; args: Record<string, unknown> }
export type Understood = { calls: ToolCall[]; language: Language | undefined }

/** What a model gets to see: the driver's words, and what was said before them, oldest first. */
export type Situation = { text: string; earlier: readonly string[]; tools: readonly OfferedTool[] }

type ToolEntry = { when: string[]; acts?: boolean; negates?: boolean }
type Match = { tool: OfferedTool; entry: ToolEntry; score: number; isReferenceOnly: boolean }

const entries = new Map<string, ToolEntry>(Object.entries(vocabulary.tools))
const CALLS_MAX = 3
const LIST_WORDS_MAX = 3
const CLAUSE_ENDS =
  /[;.!\n]+|,? \b(?:and then|and also|and|then|e depois|e tambem|e também|depois|y luego|y después|y despues|luego|e|y)\b /i

/**
 * The tools that the words ask for, among those offered. Deterministic, and careful: what acts is only called
 * on a plain statement, never on a negation, a doubt or a question.
 */
export function understand({ text, earlier, tools }: Situation): Understood {
  const words = readWords(text)
  const language = languageOf(words, earlier)
  const context = { text, words, earlier, language }
  const clauses = text
    .split(CLAUSE_ENDS)
    .map((clause) => clause.trim())
    .filter((clause) => clause !== '')
  if (clauses.length > 1) {
    const matches = clauses.map((clause) => matchIn(clause, text, tools))
    const isList = matches.every((match) => match && !match.isReferenceOnly)
    const calls = isList
      ? matches.flatMap((match, index) =>
          match
            ? callsOf(match, {
                ...context,
                text: clauses[index] ?? text,
                words: readWords(clauses[index] ?? text),
              })
            : [],
        )
      : []
    const distinct = [...new Map(calls.map((call) => [JSON.stringify(call), call])).values()]
    if (distinct.length > 0) return { calls: distinct.slice(0, CALLS_MAX), language: language.detected }
  }
  const match = matchIn(text, text, tools)
  return { calls: match ? callsOf(match, context).slice(0, CALLS_MAX) : [], language: language.detected }
}

type Context = Parameters<typeof fillArguments>[1]

/** One call per order that is named, when what is asked is done per order. */
function callsOf({ tool, entry }: Match, context: Context): ToolCall[] {
  const numbers = numbersIn(context.words)
  const args = fillArguments(tool.parameters, { ...context, acts: entry.acts ?? false })
  if (!args) return []
  const [first] = numbers
  if (numbers.length < 2) return [{ name: tool.name, args }]
  const key = Object.keys(args).find((name) => args[name] === first)
  if (key === undefined) return [{ name: tool.name, args }]
  return numbers.map((number) => ({ name: tool.name, args: { ...args, [key]: number } }))
}

/** `whole` is what the clause stands in: a "don't" anywhere in it counts. */
function matchIn(clause: string, whole: string, tools: readonly OfferedTool[]): Match | undefined {
  const words = readWords(clause)
  const concepts = conceptsIn(words)
  if (numbersIn(words).length > 0) concepts.add('ref')
  if (nameIn(words) !== undefined) concepts.add('name')
  const isNegated = containsAny(readWords(whole), vocabulary.hedges.negation)
  const isPlain = isStatement(whole, readWords(whole))

  const matches = tools.flatMap((tool): Match[] => {
    const entry = entries.get(tool.name) ?? entryFromName(tool, words)
    if (!entry) return []
    const scored = entry.when.flatMap((pattern) => scoreOf(pattern, concepts, words) ?? [])
    const best = Math.max(0, ...scored)
    if (best === 0) return []
    return [{ tool, entry, score: best, isReferenceOnly: best === 1 && isOnlyReference(concepts) }]
  })
  const [best, ...others] = matches.sort((a, b) => b.score - a.score)
  if (!best?.entry.acts) return best
  if (best.entry.negates ? isPlain : isPlain && !isNegated) return best
  // Asked about instead of told to: look, don't touch. Told not to: nothing.
  return isNegated ? undefined : others.find(({ entry }) => !entry.acts)
}

/** `a+b` needs both; `a!` needs nothing else of substance; `=3` is the score, or else the number of parts. */
function scoreOf(pattern: string, concepts: ReadonlySet<string>, words: readonly Word[]): number | undefined {
  const [names = '', score] = pattern.split('=')
  const parts = names.replace('!', '').split('+')
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
  // "confirmo si abren": with and without its accent the same word to a hasty thumb.
  const isCondition = /(^|\s)si\s/i.test(text) && !/^\s*s[ií][\s,]/i.test(text)
  return !text.includes('?') && !startsAsQuestion && !isCondition
}

/** A tool that nobody described here: called when every word of its name is said. */
function entryFromName({ name }: OfferedTool, words: readonly Word[]): ToolEntry | undefined {
  const said = new Set(words.map(({ written }) => plain(written)))
  const parts = name.split('_').filter((part) => part.length > 2)
  return parts.length > 1 && parts.every((part) => said.has(part))
    ? { when: ['name=5', 'ref=5', 'order=5', 'today=5'], acts: true }
    : undefined
}
