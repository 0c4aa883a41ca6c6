import { continueFrom, inSpan, requestIdOf } from '@waybill/tracing'
import type { FastifyRequest } from 'fastify'

/**
 * A trace begins with what has a right signature. A `traceparent` of the request is not looked at: it comes from
 * outside, and would let anybody join, or swamp, a trace of ours.
 */
export function beginTrace(request: FastifyRequest, publish: () => Promise<void>): Promise<void> {
  const { headers, method, routeOptions } = request
  const attributes = { 'http.request.method': method, 'http.route': routeOptions.url ?? '' }
  return continueFrom({ correlationId: requestIdOf(headers) }, () =>
    inSpan(`${method} ${routeOptions.url}`, () => ({ kind: 'server', attributes }), publish),
  )
}
