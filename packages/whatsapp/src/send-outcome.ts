import { z } from 'zod'

/** What became of a call to send. */
export type SendOutcome =
  | { kind: 'accepted'; wamid: string }
  /** Certainly not taken. The scope says who has to wait: this pair, the whole number, or this message alone. */
  | { kind: 'retry'; scope: 'pair' | 'number' | 'message'; code?: number; reason: string; delayMs?: number }
  /** Nobody knows whether WhatsApp has it. */
  | { kind: 'ambiguous'; reason: string }
  /** The account or the token is shut out: no message of this number will go until a person has mended it. */
  | { kind: 'pause'; code: number; reason: string }
  /** This message can never go. */
  | { kind: 'rejected'; code?: number; reason: string }

const acceptedSchema = z.looseObject({ messages: z.array(z.looseObject({ id: z.string().min(1) })).min(1) })
const errorSchema = z.looseObject({
  error: z.looseObject({
    code: z.number(),
    message: z.string().optional(),
    error_subcode: z.number().optional(),
  }),
})

const LONG_DELAY_MS = 60_000

// https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
const NUMBER_IS_TOO_FAST = new Set([130429])
const ACCOUNT_IS_TOO_FAST = new Set([4, 17, 613, 80007, 131048])
const PAIR_IS_TOO_FAST = new Set([131056])
const SHUT_OUT = new Set([0, 190, 3, 10, 131005, 368, 131031, 130497, 131042, 131045, 133010, 33])
// "Temporary" or "unknown" by their description: whether the message went out before is not said.
const IN_DOUBT = new Set([1, 2, 131000, 131016])
// The number is being upgraded or its server restarts: refused before anything was taken.
const NOT_NOW = new Set([131057, 133004])

/** Decides by the error code first: the HTTP status of a throttle is 400, 403 or 429 depending on the day. */
export function outcomeFor(httpStatus: number, body: unknown, retryAfterSeconds?: number): SendOutcome {
  const failure = errorSchema.safeParse(body).data?.error
  const delay = retryAfterSeconds === undefined ? {} : { delayMs: retryAfterSeconds * 1_000 }
  if (failure) {
    const { code } = failure
    const reason = (failure.message ?? 'no message').slice(0, 200)
    if (PAIR_IS_TOO_FAST.has(code)) return { kind: 'retry', scope: 'pair', code, reason, ...delay }
    if (NUMBER_IS_TOO_FAST.has(code)) return { kind: 'retry', scope: 'number', code, reason, ...delay }
    if (ACCOUNT_IS_TOO_FAST.has(code)) {
      return { kind: 'retry', scope: 'number', code, reason, delayMs: LONG_DELAY_MS, ...delay }
    }
    // A number that is gone says so in the subcode, under the code of a bad parameter.
    if (SHUT_OUT.has(code) || (code >= 200 && code <= 299) || failure.error_subcode === 33) {
      return { kind: 'pause', code, reason }
    }
    if (NOT_NOW.has(code)) return { kind: 'retry', scope: 'message', code, reason, ...delay }
    if (IN_DOUBT.has(code)) return { kind: 'ambiguous', reason: `${code} ${reason}` }
    if (httpStatus === 429) return { kind: 'retry', scope: 'number', code, reason, ...delay }
    if (httpStatus === 401) return { kind: 'pause', code, reason }
    if (httpStatus < 500) return { kind: 'rejected', code, reason }
    return { kind: 'ambiguous', reason: `${code} ${reason}` }
  }
  const [message] = acceptedSchema.safeParse(body).data?.messages ?? []
  if (httpStatus >= 200 && httpStatus < 300) {
    return message
      ? { kind: 'accepted', wamid: message.id }
      : { kind: 'ambiguous', reason: 'an answer that says nothing' }
  }
  if (httpStatus === 429) return { kind: 'retry', scope: 'number', reason: 'HTTP 429', ...delay }
  if (httpStatus === 401) return { kind: 'pause', code: 190, reason: 'HTTP 401' }
  if (httpStatus >= 400 && httpStatus < 500) return { kind: 'rejected', reason: `HTTP ${httpStatus}` }
  return { kind: 'ambiguous', reason: `HTTP ${httpStatus}` }
}

// The connection never came about, so nothing was written.
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** A call that ended without an answer. */
export function outcomeOfNetworkError(error: unknown): SendOutcome {
  const code = codeOf(error) ?? codeOf(propertyOf(error, 'cause'))
  if (code && (NEVER_CONNECTED.has(code) || code.startsWith('CERT_') || code.startsWith('ERR_TLS'))) {
    return { kind: 'retry', scope: 'message', reason: code }
  }
  return { kind: 'ambiguous', reason: code ?? String(propertyOf(error, 'message') ?? 'no answer') }
}

function codeOf(error: unknown): string | undefined {
  const code = propertyOf(error, 'code')
  return typeof code === 'string' ? code : undefined
}

function propertyOf(value: unknown, key: 'cause' | 'code' | 'message'): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}
