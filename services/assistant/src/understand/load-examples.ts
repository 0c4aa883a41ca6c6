import { readdirSync, readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { type Language, languageSchema } from '../session/session.ts'
import type { Tool } from '../tools/tool.ts'
import { normalize, numberIn } from './normalize.ts'

/** A sentence of a driver, and what it asks for. */
export type Example = {
  say: string
  language: Language
  /** `none`: no tool. */
  tool: string
  args: Readonly<Record<string, unknown>>
  /** The sentence without what is about one order or one driver. */
  frame: string
}
type Told = Omit<Example, 'frame'>
/** A sentence, and its file and line: counted only when they are told. */
type Read = { example: Told; at: () => string }

/** Files that are no tool's: what none is for, and the answers to what was asked. */
export const NO_TOOL = 'none'
export const YES = 'yes'
export const NO = 'no'

const entrySchema = z.union([
  z.string().min(1),
  z.strictObject({ say: z.string().min(1), args: z.record(z.string(), z.unknown()).default({}) }),
])
const fileSchema = z.partialRecord(languageSchema, z.array(entrySchema).min(1))

/**
 * Reads `<tool>.yaml` of every tool, in the order of the tools: `{en: [sentence, {say, args}], pt: […], es: […]}`.
 * Throws with every mistake, each with its file and line.
 */
export function loadExamples(folder: URL, tools: readonly Tool[]): Example[] {
  const known = [...tools.map(({ name }) => name), NO_TOOL, YES, NO]
  const files = new Set(readdirSync(folder).filter((name) => name.endsWith('.yaml')))
  const problems: string[] = []
  const seen = new Map<string, Read>()
  for (const name of known) {
    const file = `${name}.yaml`
    if (!files.delete(file)) continue
    for (const { example, at } of readFile(new URL(file, folder), problems)) {
      const key = normalize(example.say)
      const other = languageSchema.options.flatMap((language) => seen.get(`${key} ${language}`) ?? [])[0]
      // Portuguese and Spanish share sentences: as long as they ask for the same.
      const contradicts = other && !isDeepStrictEqual(callOf(other.example), callOf(example))
      const problem = contradicts ? `asks for something else in ${other.at()}` : problemOf(example, tools)
      if (problem === undefined) seen.set(`${key} ${example.language}`, { example, at })
      else problems.push(`${at()}: "${example.say}": ${problem}`)
    }
  }
  for (const file of files) problems.push(`${file}: no tool has this name`)
  if (problems.length > 0) throw new Error(`examples:\n${problems.join('\n')}`)
  return [...seen.values()].map(({ example }) => {
    const tool = tools.find(({ name }) => name === example.tool)
    return { ...example, frame: frameOf(example, tool) }
  })
}

const callOf = ({ tool, args }: Told) => ({ tool, args })

function readFile(path: URL, problems: string[]): Read[] {
  const tool = path.pathname.split('/').at(-1)?.replace('.yaml', '') ?? ''
  const lines = new LineCounter()
  const document = parseDocument(readFileSync(path, 'utf8'), { lineCounter: lines })
  const lineOf = (where: readonly PropertyKey[]) => {
    const node = z
      .object({ range: z.array(z.number()).min(1) })
      .safeParse(document.getIn(where.map(String), true)).data
    return lines.linePos(node?.range[0] ?? 0).line
  }
  for (const { message, pos } of document.errors) {
    problems.push(`${tool}.yaml:${lines.linePos(pos[0]).line}: ${message.split('\n')[0]}`)
  }
  if (document.errors.length > 0) return []
  const parsed = fileSchema.safeParse(document.toJS())
  if (!parsed.success) {
    for (const { path: where, message } of parsed.error.issues) {
      problems.push(`${tool}.yaml:${lineOf(where)}: ${where.join('.')}: ${message}`)
    }
    return []
  }
  return languageSchema.options.flatMap((language) =>
    (parsed.data[language] ?? []).map((entry, index) => ({
      example: { tool, language, ...(typeof entry === 'string' ? { say: entry, args: {} } : entry) },
      at: () => `${tool}.yaml:${lineOf([language, index])}`,
    })),
  )
}

function problemOf({ tool: name, args, say }: Told, tools: readonly Tool[]): string | undefined {
  const tool = tools.find((it) => it.name === name)
  if (!tool) return Object.keys(args).length === 0 ? undefined : 'no tool, so no arguments'
  if (tool.bind(args) === undefined) return `${name} does not take ${JSON.stringify(args)}`
  const invented = Object.entries(args).find(
    ([key, value]) => !choicesOf(tool).has(key) && !isSaid(value, say),
  )
  return invented && `${invented[0]} ${JSON.stringify(invented[1])} is not in the sentence`
}

const choicesByTool = new WeakMap<Tool, ReadonlySet<string>>()

/** Arguments that are a choice among a few. Everything else is copied from the words. */
export function choicesOf(tool: Tool): ReadonlySet<string> {
  const choices = choicesByTool.get(tool) ?? readChoices(tool)
  choicesByTool.set(tool, choices)
  return choices
}

function readChoices(tool: Tool): ReadonlySet<string> {
  const { properties } = z
    .object({ properties: z.record(z.string(), z.record(z.string(), z.unknown())) })
    .parse(z.toJSONSchema(tool.args))
  return new Set(
    Object.keys(properties).filter(
      (name) => 'enum' in (properties[name] ?? {}) || isBoolean(properties[name]),
    ),
  )
}

const isBoolean = (schema: Record<string, unknown> | undefined) => isDeepStrictEqual(schema?.type, 'boolean')

/** Whether a value of an argument stands in the words: letter by letter, or as the place that they name. */
export function isSaid(value: unknown, words: string): boolean {
  if (typeof value !== 'string' && typeof value !== 'number') return false
  const said = normalize(words)
  const wanted = normalize(String(value))
  if (wanted === '') return false
  return (
    ` ${said} `.includes(` ${wanted} `) ||
    ` ${said.replaceAll('#', '')} `.includes(` ${wanted.replace('#', '')} `) ||
    String(numberIn(said)) === wanted
  )
}

/** Without what was copied from the words. Numbers stay: all of them mean the same to whoever learns from it. */
function frameOf({ say, args }: Told, tool: Tool | undefined): string {
  const choices = tool ? choicesOf(tool) : new Set<string>()
  return Object.entries(args).reduce(
    (rest, [name, value]) =>
      typeof value === 'string' && !choices.has(name) && /^\p{L}/u.test(value)
        ? rest.replace(value, ' ')
        : rest,
    say,
  )
}
