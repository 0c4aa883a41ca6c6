import { type OrderEvent, orderEventSchema } from '@waybill/contracts'
import { PublishError } from '@waybill/messaging'
import { allow } from '@waybill/service-kit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { beginTrace } from './begin-trace.ts'
import type { Metrics } from './metrics.ts'
import { isSignedEvent } from './signed-event.ts'

type Deps = {
  /** None: the route does not exist. */
  secrets: readonly string[]
  metrics: Pick<Metrics, 'orderEvents'>
  publish: (event: OrderEvent) => Promise<void>
  now: () => number
}

const BODY_BYTES_MAX = 64 * 1024

/**
 * `POST /order-events`: one event of the order system, signed as https://www.standardwebhooks.com says. 200: kept;
 * 400: says what is wrong with it; 401: signature or time; 503: send it again. What is sent twice is told once.
 */
export function receiveOrderEvent(app: FastifyInstance, { secrets, metrics, publish, now }: Deps): void {
  if (secrets.length === 0) return
  const onRequest = allow.provenBy('webhook-signature over the bytes of the body')
  app.post('/order-events', { bodyLimit: BODY_BYTES_MAX, onRequest }, async (request, reply) => {
    const answer = (outcome: string, status: number, body: object) => {
      metrics.orderEvents.inc({ outcome })
      return reply.code(status).send(body)
    }
    const { body } = request
    if (!Buffer.isBuffer(body) || !isSignedEvent(body, signatureHeaders(request), secrets, now()))
      return answer('bad signature', 401, { error: 'the signature or the time does not match' })

    const event = orderEventSchema.safeParse(parseJson(body))
    if (!event.success) return answer('not an event', 400, { error: z.prettifyError(event.error) })
    try {
      await beginTrace(request, () => publish(event.data))
    } catch (error) {
      if (!(error instanceof PublishError)) throw error
      reply.header('retry-after', '1')
      return answer(error.reason, 503, { error: 'try again' })
    }
    return answer('kept', 200, { kept: event.data.id })
  })
}

function signatureHeaders({ headers }: FastifyRequest) {
  return {
    id: headers['webhook-id'],
    timestamp: headers['webhook-timestamp'],
    signature: headers['webhook-signature'],
  }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
