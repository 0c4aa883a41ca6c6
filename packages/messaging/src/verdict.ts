import type { RetryPolicy } from '@waybill/contracts'
import { PermanentError, RetryAfterError } from './errors.ts'

export type Verdict =
  | { action: 'retry'; delayMs: number }
  | { action: 'dead-letter'; reason: 'permanent' | 'exhausted' }

/** Unknown errors are retried: losing a driver's message costs more than trying it again. */
export function verdictFor(
  error: unknown,
  attempt: number,
  policy: RetryPolicy,
  random = Math.random,
): Verdict {
  if (error instanceof PermanentError) return { action: 'dead-letter', reason: 'permanent' }
  if (attempt >= policy.attemptsMax) return { action: 'dead-letter', reason: 'exhausted' }
  if (error instanceof RetryAfterError) {
    return { action: 'retry', delayMs: Math.min(error.delayMs, policy.delayMsMax) }
  }
  const ceilingMs = Math.min(policy.delayMsMin * 2 ** (attempt - 1), policy.delayMsMax)
  return { action: 'retry', delayMs: Math.round(ceilingMs / 2 + (random() * ceilingMs) / 2) }
}
