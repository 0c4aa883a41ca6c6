import { fetchAtMost } from '@waybill/resilience'
import OpenAI from 'openai'

const ANSWER_BYTES_MAX = 1024 * 1024

type Options = { baseUrl: string; apiKey: string; timeoutMs: number }

/** A client that tries once, and takes an answer of 1 MB at most. */
export function createOpenRouter({ baseUrl, apiKey, timeoutMs }: Options): OpenAI {
  return new OpenAI({
    apiKey,
    baseURL: baseUrl,
    maxRetries: 0,
    timeout: timeoutMs,
    defaultHeaders: { 'HTTP-Referer': 'https://waybill.example', 'X-OpenRouter-Title': 'Waybill' },
    fetch: fetchAtMost(ANSWER_BYTES_MAX),
  })
}

/** Who may serve a request, any without one; and whether they may keep what they are sent. */
export type Provider = { providers: readonly string[]; dataCollection: 'allow' | 'deny' }

/** https://openrouter.ai/docs/features/provider-routing */
export function providersOf({ providers, dataCollection }: Provider) {
  return {
    ...(providers.length > 0 ? { only: [...providers] } : {}),
    require_parameters: true,
    data_collection: dataCollection,
  }
}
