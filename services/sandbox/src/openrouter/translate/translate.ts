import { z } from 'zod'
import words from './words.json' with { type: 'json' }

const askedSchema = z.object({ code: z.string(), texts: z.array(z.string()).min(1) })
const dictionaries = new Map<string, Record<string, string>>(Object.entries(words))

/** Whether a prompt wants texts translated: JSON with a language's code and texts. */
export function translationWanted(text: string): z.output<typeof askedSchema> | undefined {
  try {
    return askedSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/**
 * The stand-in for a model that translates: phrases that it knows in a language, the longest first; the rest stays as
 * it is. The same texts always give the same translation, and numbers are never touched.
 */
export function translate({ code, texts }: z.output<typeof askedSchema>): string {
  const dictionary = dictionaries.get(code) ?? {}
  const phrases = Object.keys(dictionary).sort((a, b) => b.length - a.length)
  const known = new RegExp(`(?<!\\p{L})(?:${phrases.map(escapeRegExp).join('|')})(?!\\p{L})`, 'giu')
  const translated = texts.map((text) =>
    phrases.length === 0 ? text : text.replaceAll(known, (phrase) => inOtherWords(phrase, dictionary)),
  )
  return JSON.stringify({ texts: translated })
}

function inOtherWords(phrase: string, dictionary: Record<string, string>): string {
  const word = dictionary[phrase] ?? dictionary[phrase.toLowerCase()] ?? phrase
  return /^\p{Lu}/u.test(phrase) ? word.charAt(0).toUpperCase() + word.slice(1) : word
}

const escapeRegExp = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
