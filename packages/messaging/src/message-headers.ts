// Ours are named waybill-…: client headers named x-… belong to the broker from RabbitMQ 4.0 on.
type Headers = Readonly<Record<string, unknown>>

const ATTEMPT = 'waybill-attempt'
const ERROR_LENGTH_MAX = 500

/** Counts from 1. */
export function attemptOf(headers: Headers): number {
  const attempt = headers[ATTEMPT]
  return typeof attempt === 'number' && attempt >= 1 ? attempt : 1
}

export function retryHeaders(headers: Headers, attempt: number): Record<string, unknown> {
  return { ...ownHeaders(headers), [ATTEMPT]: attempt + 1 }
}

/** What a dead letter says of its death. */
export function deadLetterHeaders(
  headers: Headers,
  death: { reason: 'permanent' | 'exhausted' | 'set aside'; error: unknown; attempts: number },
): Record<string, unknown> {
  const { reason, error, attempts } = death
  const { [ATTEMPT]: _attempt, ...kept } = ownHeaders(headers)
  return {
    ...kept,
    'waybill-reason': reason,
    'waybill-error': (error instanceof Error ? error.message : String(error)).slice(0, ERROR_LENGTH_MAX),
    'waybill-attempts': attempts,
    'waybill-died-at': new Date().toISOString(),
  }
}

function ownHeaders(headers: Headers): Record<string, unknown> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('x-')))
}
