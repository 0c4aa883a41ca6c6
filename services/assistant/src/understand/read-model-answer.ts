import type { ModelCall } from '@waybill/database'
import { z } from 'zod'
import { type Language, languageSchema } from '../session/session.ts'
import { toolNamed } from '../tools/catalogue.ts'

export type ModelToolCall = { name: string; args: Record<string, unknown> }

/** What the model made of a message. `invalid`: it answered, but with nothing that a tool takes. */
export type Reading =
  | { kind: 'calls'; calls: ModelToolCall[]; language: Language | undefined }
  | { kind: 'none' }
  | { kind: 'invalid' }
  | { kind: 'unavailable' }

export type ModelAnswer = { reading: Reading; usage: Partial<ModelCall> }

const CALLS_MAX = 3
const count = z.number().nonnegative().catch(0)

const answerSchema = z.object({
  model: z.string().optional().catch(undefined),
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({
          content: z.string().nullish(),
          tool_calls: z
            .array(z.object({ function: z.object({ name: z.string(), arguments: z.string() }) }))
            .nullish(),
        }),
      }),
    )
    .min(1),
  usage: z
    .object({
      prompt_tokens: count,
      completion_tokens: count,
      cost: count,
      prompt_tokens_details: z.object({ cached_tokens: count }).nullish().catch(null),
    })
    .nullish()
    .catch(null),
})
const errorSchema = z.object({ error: z.object({ code: z.unknown(), message: z.string().catch('') }) })

/** Throws when the model did not answer at all; OpenRouter sends errors inside a 200 too. */
export function readModelAnswer(body: unknown): ModelAnswer {
  const failure = errorSchema.safeParse(body).data
  if (failure) throw new Error(`the model failed with ${String(failure.error.code)}`)
  const answer = answerSchema.parse(body)
  const [choice] = answer.choices
  if (choice?.finish_reason === 'error') throw new Error('the model failed while it answered')
  const calls = choice?.message.tool_calls ?? []
  // Cut off before its first word: nothing that the driver said was understood.
  if (calls.length === 0 && choice?.finish_reason === 'length') throw new Error('the model ran out of tokens')
  return { reading: readingOf(calls.map((call) => call.function)), usage: usageOf(answer) }
}

function readingOf(calls: readonly { name: string; arguments: string }[]): Reading {
  if (calls.length === 0) return { kind: 'none' }
  if (calls.length > CALLS_MAX) return { kind: 'invalid' }
  const read = calls.map(({ name, arguments: args }) => ({ name, args: parseObject(args) }))
  const valid = read.flatMap(({ name, args }) =>
    args !== undefined && toolNamed(name)?.bind(args) !== undefined ? [{ name, args }] : [],
  )
  if (valid.length !== read.length) return { kind: 'invalid' }
  const language = languageSchema.safeParse(valid[0]?.args.language).data
  return { kind: 'calls', calls: valid, language }
}

function parseObject(json: string): Record<string, unknown> | undefined {
  try {
    return z.record(z.string(), z.unknown()).safeParse(JSON.parse(json === '' ? '{}' : json)).data
  } catch {
    return undefined
  }
}

function usageOf({ model, usage }: z.output<typeof answerSchema>): Partial<ModelCall> {
  return {
    ...(model === undefined ? {} : { model }),
    promptTokens: usage?.prompt_tokens ?? 0,
    cachedTokens: usage?.prompt_tokens_details?.cached_tokens ?? 0,
    completionTokens: usage?.completion_tokens ?? 0,
    costUsd: usage?.cost ?? 0,
  }
}
