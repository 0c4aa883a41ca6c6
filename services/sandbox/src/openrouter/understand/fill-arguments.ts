import { nameIn, numbersIn } from './find-references.ts'
import { type JsonSchema, withoutNull } from './json-schema.ts'
import type { SpokenLanguage } from './language-of.ts'
import { conceptsIn, LANGUAGES, type Word } from './words.ts'

type Context = {
  text: string
  words: readonly Word[]
  earlier: readonly string[]
  language: SpokenLanguage
  /** An argument of something that acts is never guessed. */
  acts?: boolean
}

/** Arguments that the schema takes, found by the names and descriptions in it. Undefined: one is missing. */
export function fillArguments(schema: JsonSchema, context: Context): Record<string, unknown> | undefined {
  const filled: Record<string, unknown> = {}
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const isRequired = schema.required?.includes(name) ?? false
    const { schema: plainSchema, isNullable } = withoutNull(property)
    const value = valueFor(name, plainSchema, { ...context, isRequired: isRequired && !isNullable })
    if (value !== undefined) filled[name] = value
    else if (isRequired && isNullable) filled[name] = null
    else if (isRequired) return undefined
  }
  return filled
}

type Wanted = Context & { isRequired: boolean }

function valueFor(name: string, schema: JsonSchema, wanted: Wanted): unknown {
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return choiceFor(name, schema.enum, wanted)
  if (schema.type === 'boolean') return flagFor(name, wanted)
  if (schema.type === 'integer' || schema.type === 'number') {
    const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.MAX_VALUE } = schema
    return numbersIn(wanted.words)
      .map(Number)
      .find((number) => number >= minimum && number <= maximum)
  }
  if (schema.type !== undefined && schema.type !== 'string') return undefined
  const value = stringFor(name, schema, wanted)
  return value !== undefined && fits(value, schema) ? value.slice(0, schema.maxLength) : undefined
}

/** A flag is named after what has to be said for it. */
function flagFor(name: string, { words, isRequired }: Wanted): boolean | undefined {
  if (conceptsIn(words).has(name)) return true
  return isRequired ? false : undefined
}

function choiceFor(
  name: string,
  options: readonly unknown[],
  { words, language, isRequired, acts }: Wanted,
): unknown {
  if (/lang|locale|idioma/i.test(name) || options.every((option) => LANGUAGES.some((it) => it === option))) {
    const spoken = isRequired ? language.assumed : language.detected
    return options.includes(spoken) ? spoken : undefined
  }
  const concepts = conceptsIn(words)
  const said = options.filter((option) => typeof option === 'string' && concepts.has(option))
  // "hoy por la mañana" is today.
  const choice = said.length > 1 && said.includes('today') ? 'today' : said[0]
  return choice ?? (isRequired && !acts ? options[0] : undefined)
}

function stringFor(name: string, { description = '' }: JsonSchema, wanted: Wanted): string | undefined {
  const { words, text, earlier, isRequired } = wanted
  if (
    /(order|pedido|stop).*(ref|id|number)|^(order|ref|reference)$/i.test(name) ||
    /order (number|reference)|the order/i.test(description)
  ) {
    const [number] = numbersIn(words)
    return number ?? nameIn(words) ?? (isRequired ? lastOrderIn(earlier) : undefined)
  }
  if (/^date$|_date$/.test(name)) return /\d{4}-\d{2}-\d{2}/.exec(text)?.[0]
  if (/reason|note|message|text|question|comment|words|detail/i.test(name)) return text
  return isRequired && !wanted.acts ? text : undefined
}

/** "That one": the last order that somebody spoke of, unless it was a whole list. */
function lastOrderIn(earlier: readonly string[]): string | undefined {
  for (const text of earlier.toReversed()) {
    const ids = new Set([...text.matchAll(/#(\d{3,})/g)].map(([, id]) => id))
    if (ids.size > 1) return undefined
    const [id] = ids
    if (id !== undefined) return id
  }
  return undefined
}

function fits(value: string, { minLength = 0, pattern }: JsonSchema): boolean {
  return value.length >= minLength && (pattern === undefined || new RegExp(pattern, 'u').test(value))
}
