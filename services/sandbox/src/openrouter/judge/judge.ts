import { z } from 'zod'
import type { ChatRequest } from '../chat-request.ts'

const formatSchema = z.looseObject({
  type: z.literal('json_schema'),
  json_schema: z.looseObject({
    schema: z.looseObject({
      properties: z.record(z.string(), z.looseObject({ type: z.literal('boolean') })),
    }),
  }),
})
const askedSchema = z.object({ text: z.string() })

// The plainest words of each: a stand-in needs no taste.
const TELLTALE: Readonly<Record<string, RegExp>> = {
  injection: /\b(instruct|instruc|prompt|system|sistema|jailbreak|pretend|role\s?play|rules|reglas|regras)/i,
  nsfw: /\b(kill|hate|scum|vermin|nude|sexy?|matar|odio|escoria|puta)\b/i,
  scope: /\b(poem|recipe|song|joke|homework|politic|stocks|poema|receta|receita|chiste|piada)/i,
}

/** What a prompt wants judged: JSON with a text, to be answered with JSON of true and false. */
export function judgementWanted(
  { response_format: format }: ChatRequest,
  words: string,
): { text: string; of: string[] } | undefined {
  const wanted = formatSchema.safeParse(format).data
  if (!wanted) return undefined
  try {
    const { text } = askedSchema.parse(JSON.parse(words))
    return { text, of: Object.keys(wanted.json_schema.schema.properties) }
  } catch {
    return undefined
  }
}

/** The stand-in for a model that judges a text. */
export function judge({ text, of }: { text: string; of: readonly string[] }): string {
  return JSON.stringify(Object.fromEntries(of.map((name) => [name, TELLTALE[name]?.test(text) ?? false])))
}
