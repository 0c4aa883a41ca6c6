import { fillArguments } from './fill-arguments.ts'
import { numbersIn } from './find-references.ts'
import type { JsonSchema } from './json-schema.ts'
import { languageOf } from './language-of.ts'
import { type Match, matchTool } from './match-tool.ts'
import { type Language, readWords } from './words.ts'

export type OfferedTool = { name: string; description: string; parameters: JsonSchema }
export type ToolCall = { name: string; args: Record<string, unknown> }
export type Understood = { calls: ToolCall[]; language: Language | undefined }

/** What a model gets to see: the driver's words, and what was said before them, oldest first. */
export type Situation = { text: string; earlier: readonly string[]; tools: readonly OfferedTool[] }

const CALLS_MAX = 3
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
    const matches = clauses.map((clause) => matchTool(clause, text, tools))
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
  const match = matchTool(text, text, tools)
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
