import type { ModelCall } from '@waybill/database'
import { ModelError } from '@waybill/openrouter'
import { z } from 'zod'
import { type Language, languageSchema } from '../session/session.ts'
import { toolNamed } from '../tools/catalogue.ts'

export type ModelToolCall = { name: string; args: Record<string, unknown> }

/**
 * What the model made of a message. `invalid`: it answered with something that no tool takes; `why` can be told to it.
 * `empty`: it came to no answer. `refused`: these words will never be answered.
 */
export type Reading =
  | { kind: 'calls'; calls: ModelToolCall[]; language: Language | undefined }
  | { kind: 'none' }
  | { kind: 'invalid'; fault: Fault; why: string }
  | { kind: 'empty' }
  | { kind: 'refused' }
  | { kind: 'unavailable'; mayTryAgain: boolean }
export type Fault = 'unknown-tool' | 'arguments' | 'broken-json' | 'too-many'

export type ModelAnswer = { reading: Reading; usage: Partial<ModelCall> }

const CALLS_MAX = 3
// What it says of itself is on record with the turn, which has to be one that can be kept.
const count = z.number().int().nonnegative().max(1e9).catch(0)
const cost = z.number().nonnegative().max(1_000).catch(0)

const answerSchema = z.object({
  model: z.string().max(200).optional().catch(undefined),
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
      cost,
      prompt_tokens_details: z.object({ cached_tokens: count }).nullish().catch(null),
    })
    .nullish()
    .catch(null),
})
const errorSchema = z.object({
  error: z.object({
    code: z.unknown(),
    metadata: z.object({ error_type: z.string() }).optional().catch(undefined),
  }),
})

/** Throws ModelError when the model did not answer at all; OpenRouter sends errors inside a 200 too. */
export function readModelAnswer(body: unknown): ModelAnswer {
  const failure = errorSchema.safeParse(body).data?.error
  if (failure) {
    const code = typeof failure.code === 'number' ? failure.code : undefined
    throw new ModelError('the model failed', { code, type: failure.metadata?.error_type })
  }
  const answer = answerSchema.safeParse(body).data
  if (!answer) throw new ModelError('the answer has no form that is known')
  const [choice] = answer.choices
  if (choice?.finish_reason === 'error') throw new ModelError('the model failed while it answered')
  const calls = choice?.message.tool_calls ?? []
  const usage = usageOf(answer)
  const isEmpty = calls.length === 0 && (choice?.message.content ?? '').trim() === ''
  // Cut off, or nothing at all: nothing that the driver said was understood. Half a call is broken JSON.
  if (isEmpty || (calls.length === 0 && choice?.finish_reason === 'length'))
    return { reading: { kind: 'empty' }, usage }
  return { reading: readingOf(calls.map((call) => call.function)), usage }
}

function readingOf(calls: readonly { name: string; arguments: string }[]): Reading {
  if (calls.length === 0) return { kind: 'none' }
  if (calls.length > CALLS_MAX)
    return { kind: 'invalid', fault: 'too-many', why: `call at most ${CALLS_MAX} tools` }
  const valid: ModelToolCall[] = []
  for (const { name, arguments: json } of calls) {
    const tool = toolNamed(name)
    if (!tool) return { kind: 'invalid', fault: 'unknown-tool', why: 'there is no tool of that name' }
    const args = parseObject(json)
    if (!args) {
      return { kind: 'invalid', fault: 'broken-json', why: `the arguments of ${name} were no JSON object` }
    }
    const problems = tool.args.safeParse(args).error?.issues
    if (problems) {
      // Only where and what kind: nothing that the model wrote comes back to it as our words.
      const where = problems.map(({ path, code }) => `${path.join('.') || 'arguments'}: ${code}`).join(', ')
      return { kind: 'invalid', fault: 'arguments', why: `${name} does not take these arguments (${where})` }
    }
    valid.push({ name, args })
  }
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

/** What an answer has cost, as far as it says so. */
export function readUsage(body: unknown): Partial<ModelCall> {
  const answer = answerSchema.safeParse(body).data
  return answer ? usageOf(answer) : {}
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

/** The same calls, with their texts changed. */
export function withArguments(
  calls: readonly ModelToolCall[],
  change: (text: string) => string,
): ModelToolCall[] {
  return calls.map(({ name, args }) => ({
    name,
    args: Object.fromEntries(
      Object.entries(args).map(([key, value]) => [key, typeof value === 'string' ? change(value) : value]),
    ),
  }))
}
