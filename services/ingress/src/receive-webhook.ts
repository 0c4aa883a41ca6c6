import type { WebhookHeaders } from '@waybill/contracts'
import { PublishError } from '@waybill/messaging'
import { isSigned } from '@waybill/whatsapp'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Metrics } from './metrics.ts'

type Properties = { correlationId: string | undefined; traceparent: string | undefined }

type Deps = {
  /** The current app secret first, then the one before. */
  appSecrets: readonly string[]
  ingressId: string
  metrics: Metrics
  log: Logger
  /** Resolves once RabbitMQ has the webhook. */
  publish: (body: Uint8Array, headers: WebhookHeaders, properties: Properties) => Promise<void>
}

// Webhooks carry up to 3 MB. At the defaults of Fastify and NGINX a large one would be refused for days.
export const BODY_BYTES_MAX = 3_300_000

const REQUEST_ID = /^[A-Za-z0-9-]{8,64}$/
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/

/** 200 means kept: RabbitMQ has confirmed the bytes as they came. Anything else makes WhatsApp send them again. */
export function receiveWebhook(
  app: FastifyInstance,
  { appSecrets, ingressId, metrics, log, publish }: Deps,
): void {
  const nextInstant = createClock()

  // Whatever it says it is, it stays bytes: the signature is over them.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  app.post('/webhook', async (request, reply) => {
    const stopTimer = metrics.ackSeconds.startTimer()
    const { body, headers } = request
    if (!Buffer.isBuffer(body) || !isSigned(body, headers['x-hub-signature-256'], appSecrets)) {
      metrics.requests.inc({ outcome: 'bad signature' })
      return reply.code(401).send({ error: 'signature does not match' })
    }
    try {
      await publish(
        body,
        { receivedAtUs: nextInstant(), ingressId },
        {
          correlationId: matching(headers['x-request-id'], REQUEST_ID),
          traceparent: matching(headers.traceparent, TRACEPARENT),
        },
      )
    } catch (error) {
      if (!(error instanceof PublishError)) throw error
      metrics.requests.inc({ outcome: error.reason })
      log.warn({ reason: error.reason }, 'a webhook could not be kept, WhatsApp will send it again')
      return reply.code(503).header('retry-after', '1').send({ error: 'try again' })
    }
    metrics.requests.inc({ outcome: 'kept' })
    stopTimer()
    return reply.send()
  })

  app.setErrorHandler((error, _request, reply) => {
    const status = statusOf(error)
    metrics.requests.inc({ outcome: status === 413 ? 'too large' : `HTTP ${status}` })
    if (status >= 500) log.error({ err: error }, 'a request failed')
    return reply.code(status).send({ error: status === 413 ? 'body too large' : 'not accepted' })
  })
}

/** Microseconds since 1970 that never repeat or go back: they order what WhatsApp stamped with the same second. */
function createClock(): () => number {
  let last = 0
  return () => {
    last = Math.max(last + 1, Math.floor((performance.timeOrigin + performance.now()) * 1_000))
    return last
  }
}

function matching(header: string | string[] | undefined, pattern: RegExp): string | undefined {
  return typeof header === 'string' && pattern.test(header) ? header : undefined
}

function statusOf(error: unknown): number {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
  return typeof status === 'number' && status >= 400 ? status : 500
}
