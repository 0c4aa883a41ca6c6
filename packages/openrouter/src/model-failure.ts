import { UnavailableError } from '@waybill/resilience'
import OpenAI from 'openai'
import { z } from 'zod'

/**
 * What became of a call without an answer, and what that means for the next one.
 * `again`: one more try may help. `hold`: nobody is asked for a while. `refused`: these words will never do.
 */
export type ModelFailure = {
  outcome: string
  next: 'again' | 'hold' | 'refused' | 'rules'
  /** With `hold`. */
  holdMs?: number
  /** Somebody must do something: credits, a key, a model that is gone. */
  needsPerson?: true
}

/** OpenRouter sends errors inside a 200 too. */
export class ModelError extends Error {
  override name = 'ModelError'
  readonly code: number | undefined
  readonly type: string | undefined

  constructor(
    message: string,
    { code, type }: { code?: number | undefined; type?: string | undefined } = {},
  ) {
    super(message)
    this.code = code
    this.type = type
  }
}

const RATE_HOLD_MS = 1_000
const RATE_HOLD_MS_MAX = 10 * 60_000
const CONFIG_HOLD_MS = 60_000

const errorType = z.object({ metadata: z.object({ error_type: z.string() }) })

/** https://openrouter.ai/docs/api/reference/errors-and-debugging */
export function modelFailureOf(error: unknown): ModelFailure {
  if (error instanceof UnavailableError) return { outcome: error.reason, next: 'rules' }
  if (error instanceof OpenAI.APIUserAbortError) return { outcome: 'aborted', next: 'rules' }
  if (error instanceof OpenAI.APIConnectionTimeoutError) return { outcome: 'timeout', next: 'rules' }
  if (error instanceof ModelError) return failureOf(error.code, error.type, undefined)
  if (error instanceof OpenAI.APIError) {
    const type = errorType.safeParse(error.error).data?.metadata.error_type
    return failureOf(error.status, type, retryAfterMs(error.headers?.get('retry-after')))
  }
  return { outcome: 'error', next: 'again' }
}

function failureOf(status: number | undefined, type = '', waitMs: number | undefined): ModelFailure {
  if (status === 402 || type === 'payment_required')
    return { outcome: 'payment-required', next: 'hold', holdMs: CONFIG_HOLD_MS, needsPerson: true }
  if (status === 401 || type === 'authentication')
    return { outcome: 'authentication', next: 'hold', holdMs: CONFIG_HOLD_MS, needsPerson: true }
  if (status === 404 || /no_endpoints|privacy_restricted|constraint_filtered|model_deprecated/.test(type))
    return { outcome: 'no-endpoint', next: 'hold', holdMs: CONFIG_HOLD_MS, needsPerson: true }
  if (status === 429) return { outcome: 'rate-limited', next: 'hold', holdMs: waitMs ?? RATE_HOLD_MS }
  if (status === 403 || /content_policy|refusal|permission_denied/.test(type))
    return { outcome: 'refused', next: 'refused' }
  if (status === 400 || status === 413 || status === 422) return { outcome: 'bad-request', next: 'refused' }
  // An upstream that says when to come back is not asked before.
  if (waitMs !== undefined) return { outcome: 'error', next: 'hold', holdMs: waitMs }
  return { outcome: status === 408 ? 'timeout' : 'error', next: 'again' }
}

/** Seconds, or a date. `undefined` for anything else. */
export function retryAfterMs(header: string | null | undefined, now = Date.now()): number | undefined {
  if (header === null || header === undefined || header.trim() === '') return undefined
  const seconds = Number(header)
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - now
  return Number.isFinite(ms) && ms >= 0 ? Math.min(ms, RATE_HOLD_MS_MAX) : undefined
}
