import { inSpan } from '@waybill/tracing'
import { z } from 'zod'

const count = z.number().optional().catch(undefined)
const answerSchema = z.object({
  model: z.string().optional().catch(undefined),
  choices: z
    .array(z.object({ finish_reason: z.string() }))
    .optional()
    .catch(undefined),
  usage: z
    .object({
      prompt_tokens: count,
      completion_tokens: count,
      prompt_tokens_details: z.object({ cached_tokens: count }).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
})

/**
 * A span around one call to a model, as https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/ names what is
 * known of it: neither what was asked nor what was answered.
 */
export function inModelCall<Answer>(
  {
    operation,
    model,
    max_tokens,
  }: { operation: 'chat' | 'transcription'; model: string; max_tokens?: number },
  call: () => Promise<Answer>,
): Promise<Answer> {
  return inSpan(
    `${operation} ${model}`,
    () => ({
      kind: 'client',
      attributes: {
        'gen_ai.operation.name': operation,
        'gen_ai.provider.name': 'openrouter',
        'gen_ai.request.model': model,
        ...(max_tokens === undefined ? {} : { 'gen_ai.request.max_tokens': max_tokens }),
      },
    }),
    async (span) => {
      const answer = await call()
      span?.setAttributes(answerAttributes(answer))
      return answer
    },
  )
}

function answerAttributes(answer: unknown) {
  const { model, choices, usage } = answerSchema.safeParse(answer).data ?? {}
  const known = {
    'gen_ai.response.model': model,
    'gen_ai.response.finish_reasons': choices?.map(({ finish_reason }) => finish_reason),
    'gen_ai.usage.input_tokens': usage?.prompt_tokens,
    'gen_ai.usage.output_tokens': usage?.completion_tokens,
    'gen_ai.usage.cache_read.input_tokens': usage?.prompt_tokens_details?.cached_tokens,
  }
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined))
}
