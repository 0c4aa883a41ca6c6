import type { Send, SettledOutcome } from '@waybill/database'
import type { SendOutcome } from '@waybill/whatsapp'

const NUMBER_DELAY_MS = 1_000
const PAUSE_MS = 30_000
const MESSAGE_DELAY_MS_MAX = 30_000
const PAIR_EXPONENT_MAX = 5

/**
 * What is written down for what WhatsApp said, with the delay that it asks for: 4^X s for a pair
 * (https://developers.facebook.com/documentation/business-messaging/whatsapp/about-the-platform), the whole
 * number for its throughput, and a pause of the number for what only a person can mend (a dead token, a block).
 */
export function settledOutcomeOf(outcome: SendOutcome, send: Send, random = Math.random): SettledOutcome {
  switch (outcome.kind) {
    case 'accepted':
      return outcome
    case 'ambiguous':
      return { kind: 'ambiguous', error: outcome.reason }
    case 'rejected':
      return {
        kind: 'rejected',
        error: withCode(outcome),
        ...(outcome.code === undefined ? {} : { code: outcome.code }),
      }
    case 'pause':
      return { kind: 'retry', error: withCode(outcome), delayMs: PAUSE_MS, numberDelayMs: PAUSE_MS }
    case 'retry': {
      const delayMs = outcome.delayMs ?? delayFor(outcome.scope, send.failures, random)
      const retry = { kind: 'retry', error: withCode(outcome), delayMs } as const
      return outcome.scope === 'number' ? { ...retry, numberDelayMs: delayMs } : retry
    }
  }
}

function delayFor(scope: 'pair' | 'number' | 'message', failures: number, random: () => number): number {
  if (scope === 'pair') return 4 ** Math.min(failures, PAIR_EXPONENT_MAX) * 1_000
  if (scope === 'number') return NUMBER_DELAY_MS
  const ceilingMs = Math.min(1_000 * 2 ** failures, MESSAGE_DELAY_MS_MAX)
  return Math.round(ceilingMs / 2 + (random() * ceilingMs) / 2)
}

function withCode({ code, reason }: { code?: number; reason: string }): string {
  return code === undefined ? reason : `${code} ${reason}`
}
