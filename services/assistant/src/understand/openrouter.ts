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
    fetch: fetchBounded,
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

async function fetchBounded(...request: Parameters<typeof fetch>): Promise<Response> {
  const response = await fetch(...request)
  let bytes = 0
  const bounded = response.body?.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        bytes += chunk.byteLength
        if (bytes > ANSWER_BYTES_MAX) controller.error(new Error('OpenRouter answered more than 1 MB'))
        else controller.enqueue(chunk)
      },
    }),
  )
  return new Response(bounded, response)
}
