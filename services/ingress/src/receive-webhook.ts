import type { WebhookHeaders } from '@waybill/contracts'
import { PublishError } from '@waybill/messaging'
import { allow } from '@waybill/service-kit'
import { isSigned } from '@waybill/whatsapp'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { createArrivalClock } from './arrival-clock.ts'
import { beginTrace } from './begin-trace.ts'
import type { Metrics } from './metrics.ts'

type Deps = {
  /** The current app secret first, then the one before. */
  appSecrets: readonly string[]
  ingressId: string
  metrics: Metrics
  log: Logger
  /** Resolves once RabbitMQ has the webhook. */
  publish: (body: Uint8Array, headers: WebhookHeaders) => Promise<void>
}

// Webhooks carry up to 3 MB. At the defaults of Fastify and NGINX a large one would be refused for days.
export const BODY_BYTES_MAX = 3_300_000

/** 200 means kept: RabbitMQ has confirmed the bytes as they came. Anything else makes WhatsApp send them again. */
export function receiveWebhook(
  app: FastifyInstance,
  { appSecrets, ingressId, metrics, log, publish }: Deps,
): void {
  const nextInstantUs = createArrivalClock()

  // Whatever it says it is, it stays bytes: the signature is over them. Fastify refuses a type that it can't parse.
  app.addHook('onRequest', ({ headers }, _reply, done) => {
    if (headers['content-type'] !== undefined) headers['content-type'] = 'application/octet-stream'
    done()
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  const signed = allow.provenBy('X-Hub-Signature-256 over the bytes of the body')
  app.post('/webhook', { onRequest: signed }, async (request, reply) => {
    const stopTimer = metrics.ackSeconds.startTimer()
    const { body, headers } = request
    const answered = (outcome: string) => {
      metrics.requests.inc({ outcome })
      stopTimer({ outcome })
    }
    if (!Buffer.isBuffer(body) || !isSigned(body, headers['x-hub-signature-256'], appSecrets)) {
      answered('bad signature')
      return reply.code(401).send({ error: 'signature does not match' })
    }
    try {
      await beginTrace(request, () => publish(body, { receivedAtUs: nextInstantUs(), ingressId }))
    } catch (error) {
      if (!(error instanceof PublishError)) throw error
      answered(error.reason)
      // Not louder: while the broker is away it says so once, and the metric counts.
      log.debug({ reason: error.reason }, 'a webhook could not be kept, WhatsApp will send it again')
      return reply.code(503).header('retry-after', '1').send({ error: 'try again' })
    }
    answered('kept')
    return reply.send()
  })

  app.setErrorHandler((error, _request, reply) => {
    const status = statusOf(error)
    metrics.requests.inc({ outcome: status === 413 ? 'too large' : `HTTP ${status}` })
    if (status >= 500) log.error({ err: error }, 'a request failed')
    return reply.code(status).send({ error: status === 413 ? 'body too large' : 'not accepted' })
  })
}

function statusOf(error: unknown): number {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
  return typeof status === 'number' && status >= 400 ? status : 500
}
