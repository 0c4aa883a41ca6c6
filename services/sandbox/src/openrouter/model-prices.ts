/** USD per million tokens; from the model records of OpenRouter. */
export type Model = {
  id: string
  promptUsd: number
  completionUsd: number
  cacheReadUsd: number
  contextTokens: number
}

export const MODELS: readonly Model[] = [
  { id: 'openai/gpt-5-mini', promptUsd: 0.25, completionUsd: 2, cacheReadUsd: 0.025, contextTokens: 400_000 },
  {
    id: 'openai/gpt-5-nano',
    promptUsd: 0.05,
    completionUsd: 0.4,
    cacheReadUsd: 0.005,
    contextTokens: 400_000,
  },
]

/** Output that nobody sees and everybody pays for, by `reasoning.effort`. */
const REASONING_TOKENS: Record<string, number> = {
  none: 0,
  minimal: 0,
  low: 128,
  medium: 448,
  high: 1_024,
  xhigh: 2_048,
  max: 4_096,
}

export function reasoningTokens(effort = 'medium'): number {
  return REASONING_TOKENS[effort] ?? 448
}

type Usage = { promptTokens: number; cachedTokens: number; completionTokens: number }

export function costUsd(model: Model, { promptTokens, cachedTokens, completionTokens }: Usage): number {
  const microUsd =
    (promptTokens - cachedTokens) * model.promptUsd +
    cachedTokens * model.cacheReadUsd +
    completionTokens * model.completionUsd
  return Number((microUsd / 1_000_000).toFixed(9))
}
