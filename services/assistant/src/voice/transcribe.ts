import type { ModelCall } from '@waybill/database'
import { createOpenRouter, inModelCall } from '@waybill/openrouter'
import { createBreaker, UnavailableError } from '@waybill/resilience'
import OpenAI from 'openai'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import { z } from 'zod'

export type TranscriptionConfig = { baseUrl: string; apiKey: string; model: string; timeoutMs: number }
export type Recording = { bytes: Uint8Array; extension: string }
/** `undefined`: nobody is there to listen. */
export type Transcribe = (
  recording: Recording,
  signal: AbortSignal,
) => Promise<{ text: string | undefined; call: ModelCall }>

type Deps = {
  config: TranscriptionConfig
  registry: Registry
  log: Logger
  onTranscribed: (call: ModelCall) => void
}

const answerSchema = z.object({
  text: z.string(),
  usage: z
    .object({ cost: z.number().nonnegative().catch(0) })
    .nullish()
    .catch(null),
})
// WhatsApp's names for what OpenRouter calls otherwise.
const FORMATS: Readonly<Record<string, string>> = { opus: 'ogg', oga: 'ogg', mp4: 'm4a' }

/** OpenRouter's transcription: https://openrouter.ai/docs/guides/overview/multimodal/stt. Throws only when aborted. */
export function createTranscription({ config, registry, log, onTranscribed }: Deps): Disposable & {
  transcribe: Transcribe
} {
  const client = createOpenRouter(config)
  const breaker = createBreaker(
    {
      name: 'openrouter-transcription',
      registry,
      log,
      timeoutMs: config.timeoutMs,
      // What OpenRouter does not take of this recording it may take of the next one.
      isFailure: (error) =>
        !(error instanceof OpenAI.APIUserAbortError || isStatus(error, 400) || isStatus(error, 422)),
    },
    async (signal, { bytes, extension }: Recording, turnSignal: AbortSignal) => {
      const body = {
        model: config.model,
        input_audio: {
          data: Buffer.from(bytes).toString('base64'),
          format: FORMATS[extension] ?? extension,
        },
      }
      const answer = await inModelCall<unknown>({ operation: 'transcription', model: config.model }, () =>
        client.post('/audio/transcriptions', { body, signal: AbortSignal.any([signal, turnSignal]) }),
      )
      return answerSchema.parse(answer)
    },
  )
  const counted = (call: ModelCall) => {
    onTranscribed(call)
    return call
  }
  return {
    async transcribe(recording, signal) {
      const startedAt = performance.now()
      const callOf = (outcome: string, costUsd = 0): ModelCall =>
        counted({
          purpose: 'transcribe',
          model: config.model,
          outcome,
          costUsd,
          latencyMs: Math.round(performance.now() - startedAt),
        })
      try {
        const { text, usage } = await breaker.call(recording, signal)
        return { text, call: callOf(text.trim() === '' ? 'none' : 'words', usage?.cost) }
      } catch (error) {
        signal.throwIfAborted()
        const reason = error instanceof UnavailableError ? error.reason : 'error'
        log.warn({ err: error, reason }, 'a voice note could not be transcribed')
        return { text: isStatus(error, 400) || isStatus(error, 422) ? '' : undefined, call: callOf(reason) }
      }
    },
    [Symbol.dispose]: () => breaker[Symbol.dispose](),
  }
}

function isStatus(error: unknown, status: number): boolean {
  return error instanceof OpenAI.APIError && error.status === status
}
