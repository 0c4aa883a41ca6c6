import { GraphError } from './graph-error.ts'

/** https://developers.facebook.com/documentation/business-messaging/whatsapp/throughput */
export type RateLimits = {
  /** Of the business number, to everybody together. */
  messagesPerSecond: number
  /** To one person: one message per interval, `pairBurst` of them at once on credit. */
  pairIntervalMs: number
  pairBurst: number
  serviceWindowMs: number
}

export const DEFAULT_LIMITS: RateLimits = {
  messagesPerSecond: 80,
  pairIntervalMs: 6_000,
  pairBurst: 45,
  serviceWindowMs: 24 * 60 * 60 * 1_000,
}

const PAIRS_MAX = 50_000

export type RateLimiter = ReturnType<typeof createRateLimiter>

export function createRateLimiter(now: () => number) {
  let limits = DEFAULT_LIMITS
  let sentAt: number[] = []
  const paidUntil = new Map<string, number>() // per person: when what was sent so far is paid for

  return {
    /** Counts one message to `phone`, or throws 130429 or 131056. */
    take(phone: string) {
      const at = now()
      sentAt = sentAt.filter((time) => time > at - 1_000)
      if (sentAt.length >= limits.messagesPerSecond) {
        throw new GraphError(
          130429,
          'Message failed to send because there were too many messages sent from this phone number in a short period of time.',
        )
      }
      const from = Math.max(paidUntil.get(phone) ?? 0, at)
      if (from - at > (limits.pairBurst - 1) * limits.pairIntervalMs) {
        throw new GraphError(
          131056,
          'Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time.',
        )
      }
      sentAt.push(at)
      paidUntil.delete(phone)
      paidUntil.set(phone, from + limits.pairIntervalMs)
      if (paidUntil.size > PAIRS_MAX) {
        const [oldest] = paidUntil.keys()
        if (oldest !== undefined) paidUntil.delete(oldest)
      }
    },
    get limits() {
      return limits
    },
    set limits(next: RateLimits) {
      limits = next
    },
    reset() {
      limits = DEFAULT_LIMITS
      sentAt = []
      paidUntil.clear()
    },
  }
}
