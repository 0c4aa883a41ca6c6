import { countTokens, encode } from 'gpt-tokenizer/encoding/o200k_base'
import { formatFunctionDefinitions } from 'gpt-tokenizer/functionCalling'
import { z } from 'zod'

type Schema = NonNullable<Parameters<typeof formatFunctionDefinitions>[0][number]['parameters']>

/** What the model reads of a request to OpenRouter. */
export const promptSchema = z.object({
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
  tools: z
    .array(
      z.object({
        function: z.object({
          name: z.string(),
          description: z.string(),
          parameters: z.custom<Schema>((it) => typeof it === 'object' && it !== null),
        }),
      }),
    )
    .optional(),
})
export type Prompt = z.output<typeof promptSchema>

// Of no alphabet: where a message starts, where its words start, where it ends.
// https://developers.openai.com/cookbook/examples/how_to_count_tokens_with_tiktoken
const START = -1
const WORDS = -2
const END = -3
/** Around a call of a tool: whom it is for, and in which form. */
const CALL_FRAME_TOKENS = 8

/**
 * The tokens of a prompt as the model reads them: the tools as OpenAI writes them out, which is shorter than their
 * JSON, then the messages.
 */
export function tokensOfPrompt({ tools = [], messages }: Prompt): number[] {
  const definitions = tools.map(({ function: definition }) => definition)
  return [
    ...(definitions.length > 0 ? encode(formatFunctionDefinitions(definitions)) : []),
    ...messages.flatMap(({ role, content }) => [START, ...encode(role), WORDS, ...encode(content), END]),
    ...[START, ...encode('assistant'), WORDS],
  ]
}

const answerSchema = z.object({
  choices: z.tuple([
    z.object({
      message: z.object({
        content: z.string().nullish(),
        tool_calls: z
          .array(z.object({ function: z.object({ name: z.string(), arguments: z.string() }) }))
          .default([]),
      }),
    }),
  ]),
})

/** What the model writes: calls of tools, or text. No reasoning: the assistant asks for as little as there is. */
export function tokensOfAnswer(answer: unknown): number {
  const { content, tool_calls: calls } = answerSchema.parse(answer).choices[0].message
  if (calls.length === 0) return tokensOfText(content ?? '')
  return calls.reduce(
    (sum, { function: call }) =>
      sum + tokensOfText(call.name) + tokensOfText(call.arguments) + CALL_FRAME_TOKENS,
    0,
  )
}

export const tokensOfText = (text: string): number => countTokens(text)
