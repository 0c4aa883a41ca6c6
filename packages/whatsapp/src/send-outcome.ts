import { z } from 'zod'
import { storableText } from './storable.ts'

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

const acceptedSchema = z.looseObject({
  messages: z.array(z.looseObject({ id: z.string().min(1).max(256).transform(storableText) })).min(1),
})
const failureSchema = z.looseObject({
  error: z.looseObject({
    code: z.number(),
    error_subcode: z.number().nullish(),
    message: z.string().nullish(),
    error_data: z.looseObject({ details: z.string().nullish() }).nullish().catch(null),
  }),
})
type Failure = z.output<typeof failureSchema>['error']

const LONG_DELAY_MS = 60_000
const REASON_LENGTH_MAX = 200

// https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
const PAIR_IS_TOO_FAST = new Set([131056])
// Its throughput is reached, or it is being upgraded (131057): nothing is taken meanwhile.
const NUMBER_HAS_TO_WAIT = new Set([130429, 131057])
const ACCOUNT_IS_TOO_FAST = new Set([4, 17, 613, 80007, 131048])
// Token, permission, account, payment, number. 803: the number or its account does not exist.
const SHUT_OUT = new Set([0, 190, 3, 10, 131005, 368, 131031, 130497, 131042, 131045, 133010, 33, 803])
// "Temporary" or "unknown" is all that is said: none of them says that the message was refused, so it may be out.
const IN_DOUBT = new Set([1, 2, 131000, 131016, 133004])
const SUBCODE_NUMBER_IS_GONE = 33

/** Decides by the error code first: the HTTP status of a throttle is 400, 403 or 429 depending on the day. */
export function outcomeFor(httpStatus: number, body: unknown, retryAfterSeconds?: number): SendOutcome {
  const delay = retryAfterSeconds === undefined ? {} : { delayMs: retryAfterSeconds * 1_000 }
  const failure = failureSchema.safeParse(body).data?.error
  if (failure) return outcomeOfFailure(failure, httpStatus, delay)

  const wamid = acceptedSchema.safeParse(body).data?.messages[0]?.id
  if (wamid && httpStatus >= 200 && httpStatus < 300) return { kind: 'accepted', wamid }
  const reason = `HTTP ${httpStatus} that says nothing`
  if (httpStatus === 429) return { kind: 'retry', scope: 'number', reason, ...delay }
  if (httpStatus === 401) return { kind: 'pause', code: 190, reason }
  return { kind: 'ambiguous', reason }
}

function outcomeOfFailure(failure: Failure, httpStatus: number, delay: { delayMs?: number }): SendOutcome {
  const { code, error_subcode: subcode } = failure
  const reason = reasonOf(failure)
  if (PAIR_IS_TOO_FAST.has(code)) return { kind: 'retry', scope: 'pair', code, reason, ...delay }
  if (NUMBER_HAS_TO_WAIT.has(code)) return { kind: 'retry', scope: 'number', code, reason, ...delay }
  if (ACCOUNT_IS_TOO_FAST.has(code)) {
    return { kind: 'retry', scope: 'number', code, reason, delayMs: LONG_DELAY_MS, ...delay }
  }
  if (SHUT_OUT.has(code) || (code >= 200 && code <= 299) || subcode === SUBCODE_NUMBER_IS_GONE) {
    return { kind: 'pause', code, reason }
  }
  if (IN_DOUBT.has(code)) return { kind: 'ambiguous', reason: `${code} ${reason}` }
  // A code that nobody has listed.
  if (httpStatus === 429) return { kind: 'retry', scope: 'number', code, reason, ...delay }
  if (httpStatus === 401) return { kind: 'pause', code, reason }
  if (httpStatus >= 400 && httpStatus < 500) return { kind: 'rejected', code, reason }
  return { kind: 'ambiguous', reason: `${code} ${reason}` }
}

function reasonOf({ message, error_data }: Failure): string {
  const said = [message, error_data?.details].filter((it) => it).join(': ') || 'no message'
  return storableText(said.slice(0, REASON_LENGTH_MAX))
}

const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])
const NOT_TRUSTED = /^(CERT_|ERR_TLS_CERT|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_(GET|VERIFY))/

/** A call that ended without an answer. Certain is only that nothing goes out before there is a trusted connection. */
export function outcomeOfNetworkError(error: unknown): SendOutcome {
  const cause = codeOf(error) === undefined ? propertyOf(error, 'cause') : error
  const code = codeOf(cause)
  // Node collects errors when none of several addresses could be connected to.
  const isConnecting =
    propertyOf(cause, 'syscall') === 'connect' || Array.isArray(propertyOf(cause, 'errors'))
  if (code !== undefined && (isConnecting || NEVER_CONNECTED.has(code) || NOT_TRUSTED.test(code))) {
    return { kind: 'retry', scope: 'message', reason: code }
  }
  const message = propertyOf(error, 'message')
  return { kind: 'ambiguous', reason: code ?? (typeof message === 'string' ? message : 'no answer') }
}

function codeOf(error: unknown): string | undefined {
  const code = propertyOf(error, 'code')
  return typeof code === 'string' ? code : undefined
}

/** Not by `instanceof`: under jest, errors of fetch come from another realm. */
function propertyOf(value: unknown, key: 'cause' | 'code' | 'errors' | 'message' | 'syscall'): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}
