import { z } from 'zod'
import { jsonSchema } from './understand/json-schema.ts'

const textPart = z.looseObject({ type: z.string(), text: z.string().optional() })

const message = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  content: z.union([z.string(), z.array(textPart)]).nullish(),
})

/** https://openrouter.ai/docs/api/reference/overview, as far as it matters here. Unknown parameters are dropped. */
export const chatRequestSchema = z.looseObject({
  model: z.string().optional(),
  models: z.array(z.string()).optional(),
  messages: z.array(message).min(1),
  tools: z
    .array(
      z.looseObject({
        type: z.literal('function'),
        function: z.looseObject({
          name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
          description: z.string().optional(),
          parameters: jsonSchema.optional(),
        }),
      }),
    )
    .optional(),
  tool_choice: z
    .union([
      z.enum(['none', 'auto', 'required']),
      z.looseObject({ function: z.looseObject({ name: z.string() }) }),
    ])
    .optional(),
  parallel_tool_calls: z.boolean().optional(),
  response_format: z.looseObject({ type: z.string() }).optional(),
  stream: z.boolean().optional(),
  max_tokens: z.number().int().positive().optional(),
  max_completion_tokens: z.number().int().positive().optional(),
  reasoning: z.looseObject({ effort: z.string().optional(), enabled: z.boolean().optional() }).optional(),
  provider: z
    .looseObject({ order: z.array(z.string()).optional(), only: z.array(z.string()).optional() })
    .optional(),
  session_id: z.string().max(256).optional(),
  prompt_cache_key: z.string().optional(),
})

export type ChatRequest = z.output<typeof chatRequestSchema>

export function contentText({ content }: ChatRequest['messages'][number]): string {
  if (typeof content === 'string') return content
  return (content ?? []).map(({ text }) => text ?? '').join('\n')
}

/** The prompt in the order in which a provider reads it, tools first: what a cached prefix is a prefix of. */
export function promptText({ tools = [], messages }: ChatRequest): string {
  return [JSON.stringify(tools), ...messages.map((it) => JSON.stringify(it))].join('\n')
}
