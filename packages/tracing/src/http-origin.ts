import { currentOrigin, type Origin } from './trace.ts'

type Headers = Readonly<Record<string, string | string[] | undefined>>

const REQUEST_ID = /^[A-Za-z0-9-]{8,64}$/

/** What a request says of itself, in the headers that `originHeaders` writes. For callers that may be believed. */
export function originOfRequest(headers: Headers): Origin {
  const { traceparent } = headers
  return {
    traceparent: typeof traceparent === 'string' ? traceparent : undefined,
    correlationId: requestIdOf(headers),
  }
}

/** NGINX gives every request one, and takes none from outside. */
export function requestIdOf(headers: Headers): string | undefined {
  const id = headers['x-request-id']
  return typeof id === 'string' && REQUEST_ID.test(id) ? id : undefined
}

export function originHeaders(): Record<string, string> {
  const { traceparent, correlationId } = currentOrigin()
  return {
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(correlationId === undefined ? {} : { 'x-request-id': correlationId }),
  }
}
