// Ours are named waybill-…: client headers named x-… belong to the broker from RabbitMQ 4.0 on.
type Headers = Readonly<Record<string, unknown>>

const ATTEMPT = 'waybill-attempt'
const FIRST_FAILURE = 'waybill-first-failed-at'
const DEATH = {
  reason: 'waybill-reason',
  error: 'waybill-error',
  attempts: 'waybill-attempts',
  diedAt: 'waybill-died-at',
}
const ERROR_LENGTH_MAX = 500
// What others can store as well.
const COUNT_MAX = 1_000_000
const DATE_MAX = Date.UTC(9_999, 0)

/** Counts from 1. */
export function attemptOf(headers: Headers): number {
  const attempt = headers[ATTEMPT]
  return typeof attempt === 'number' && isCount(attempt) ? attempt : 1
}

export function retryHeaders(headers: Headers, attempt: number): Record<string, unknown> {
  const firstFailure = headers[FIRST_FAILURE] ?? new Date().toISOString()
  return { ...ownHeaders(headers), [FIRST_FAILURE]: firstFailure, [ATTEMPT]: attempt + 1 }
}

export type Death = {
  /** `permanent` and `exhausted` by the rules of retrying, `set aside` by hand. */
  reason: 'permanent' | 'exhausted' | 'set aside'
  error: string
  attempts: number
  firstFailedAt: Date
  diedAt: Date
}

/** What a dead letter says of its death. */
export function deadLetterHeaders(
  headers: Headers,
  death: { reason: Death['reason']; error: unknown; attempts: number },
): Record<string, unknown> {
  const { reason, error, attempts } = death
  const { [ATTEMPT]: _attempt, ...kept } = ownHeaders(headers)
  const now = new Date().toISOString()
  return {
    [FIRST_FAILURE]: now,
    ...kept,
    [DEATH.reason]: reason,
    [DEATH.error]: (error instanceof Error ? error.message : String(error)).slice(0, ERROR_LENGTH_MAX),
    [DEATH.attempts]: attempts,
    [DEATH.diedAt]: now,
  }
}

/** Reads what `deadLetterHeaders` has written; of a letter from elsewhere, what can be known. */
export function deathOf(headers: Headers): Death {
  const { [DEATH.reason]: reason, [DEATH.error]: error, [DEATH.attempts]: attempts } = headers
  const diedAt = dateOf(headers[DEATH.diedAt]) ?? new Date()
  return {
    reason: reason === 'permanent' || reason === 'exhausted' ? reason : 'set aside',
    error: typeof error === 'string' ? error : 'unknown',
    attempts: typeof attempts === 'number' && isCount(attempts) ? attempts : 1,
    firstFailedAt: dateOf(headers[FIRST_FAILURE]) ?? diedAt,
    diedAt,
  }
}

/** What a message had with it before it died: a replay starts over. Ours are plain values; nothing else is kept. */
export function headersInLife(headers: Headers): Record<string, unknown> {
  const ofDeath: readonly string[] = [FIRST_FAILURE, ATTEMPT, ...Object.values(DEATH)]
  const isKept = ([name, value]: [string, unknown]) => !ofDeath.includes(name) && typeof value !== 'object'
  return Object.fromEntries(Object.entries(ownHeaders(headers)).filter(isKept))
}

function dateOf(header: unknown): Date | undefined {
  const date = new Date(typeof header === 'string' ? header : Number.NaN)
  return date.getTime() >= 0 && date.getTime() <= DATE_MAX ? date : undefined
}

const isCount = (value: number) => Number.isInteger(value) && value >= 1 && value <= COUNT_MAX

function ownHeaders(headers: Headers): Record<string, unknown> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('x-')))
}
