import { fetchAtMost } from '@waybill/resilience'
import OpenAI from 'openai'
import type { ModelConfig } from './ask-model.ts'

const ANSWER_BYTES_MAX = 1024 * 1024

/** A client that tries once, and takes an answer of 1 MB at most. */
export function createOpenRouter({
  baseUrl,
  apiKey,
  timeoutMs,
}: Pick<ModelConfig, 'baseUrl' | 'apiKey' | 'timeoutMs'>): OpenAI {
  return new OpenAI({
    apiKey,
    baseURL: baseUrl,
    maxRetries: 0,
    timeout: timeoutMs,
    defaultHeaders: { 'HTTP-Referer': 'https://waybill.example', 'X-OpenRouter-Title': 'Waybill' },
    fetch: fetchAtMost(ANSWER_BYTES_MAX),
  })
}

/** Who may serve a request, and whether they may keep it. Without a list anybody may serve it. */
export function providersOf({
  providers,
  dataCollection,
}: Pick<ModelConfig, 'providers' | 'dataCollection'>) {
  return {
    ...(providers.length > 0 ? { only: [...providers] } : {}),
    require_parameters: true,
    data_collection: dataCollection,
  }
}
