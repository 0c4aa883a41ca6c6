import { allow, isSameSecret } from '@waybill/service-kit'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Metrics } from './metrics.ts'

const querySchema = z.object({
  'hub.mode': z.literal('subscribe'),
  'hub.verify_token': z.string(),
  // Echoed, so it may hold nothing that a browser would take for markup.
  'hub.challenge': z.string().regex(/^[\w-]{1,200}$/),
})

/** WhatsApp proves the endpoint once, when it is entered in the app dashboard. */
export function answerHandshake(
  app: FastifyInstance,
  { verifyToken, metrics }: { verifyToken: string; metrics: Metrics },
) {
  app.get(
    '/webhook',
    { onRequest: allow.provenBy('the verify token in the query') },
    async (request, reply) => {
      const query = querySchema.safeParse(request.query)
      if (!query.success) {
        metrics.requests.inc({ outcome: 'bad handshake' })
        return reply.code(400).send({ error: 'not a webhook handshake' })
      }
      if (!isSameSecret(query.data['hub.verify_token'], verifyToken)) {
        metrics.requests.inc({ outcome: 'wrong token' })
        return reply.code(403).send({ error: 'wrong verify token' })
      }
      metrics.requests.inc({ outcome: 'handshake' })
      return reply.type('text/plain').send(query.data['hub.challenge'])
    },
  )
}
