import { OrderError } from './order-error.ts'

type Answer = { status: number; body: unknown }
type Stored = { request: string; answer: Answer }

const KEYS_MAX = 100_000

/** The first answer for a key is the answer for ever, as long as the request is the same. */
export function createIdempotencyKeys() {
  const stored = new Map<string, Stored>()
  return {
    once(key: string | undefined, request: string, act: () => unknown): Answer & { isReplayed: boolean } {
      const known = key === undefined ? undefined : stored.get(key)
      if (known && known.request !== request) {
        throw new OrderError(
          422,
          'idempotency_key_reused',
          'this Idempotency-Key came with another request before',
        )
      }
      if (known) return { ...known.answer, isReplayed: true }
      const answer = answerOf(act)
      if (key !== undefined) {
        stored.set(key, { request, answer })
        if (stored.size > KEYS_MAX) {
          const [oldest] = stored.keys()
          if (oldest !== undefined) stored.delete(oldest)
        }
      }
      return { ...answer, isReplayed: false }
    },
    reset: () => stored.clear(),
  }
}

function answerOf(act: () => unknown): Answer {
  try {
    return { status: 200, body: act() }
  } catch (error) {
    if (!(error instanceof OrderError)) throw error
    return { status: error.status, body: { error: { code: error.code, message: error.message } } }
  }
}
