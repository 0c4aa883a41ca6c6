import { randomUUID } from 'node:crypto'
import { outboundReady } from '@waybill/contracts'
import {
  closeHelp,
  confirmIdentity,
  endTakeover,
  openHelp,
  type Pool,
  setDriverStatus,
  takeOver,
  writeAsPerson,
} from '@waybill/database'
import type { Messaging } from '@waybill/messaging'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { z } from 'zod'
import { AdminError, checked } from './admin-error.ts'
import { type May, operatorOf } from './operators.ts'

export type PeopleDeps = { pool: Pool; messaging: Pick<Messaging, 'publish'>; log: Logger }

const LISTED_MAX = 200
const MINUTE_MS = 60_000
// WhatsApp's limit for a text.
const TEXT_LENGTH_MAX = 4_096

const where = z.object({ id: z.string().min(1).max(200) })
const takeoverBody = z.strictObject({ minutes: z.number().int().min(1).max(720).default(30) })
const messageBody = z.strictObject({ text: z.string().trim().min(1).max(TEXT_LENGTH_MAX) })
const statusBody = z.strictObject({ status: z.enum(['active', 'inactive', 'suspended']) })
const idempotencyKey = z.uuid().optional()

/** Persons for drivers: who waits for one, taking a conversation over, writing in it, giving it back; who may write. */
export function peopleRoutes(app: FastifyInstance, may: May, { pool, messaging, log }: PeopleDeps): void {
  app.get('/help', { onRequest: may('viewer') }, async (request) => ({
    waiting: await openHelp(pool, { limit: LISTED_MAX, by: operatorOf(request) }),
  }))

  app.post('/conversations/:id/help/close', { onRequest: may('operator') }, async (request) => ({
    closed: await closeHelp(pool, idOf(request.params), operatorOf(request)),
  }))

  app.put('/conversations/:id/takeover', { onRequest: may('operator') }, async (request) => {
    const { minutes } = checked(takeoverBody, request.body)
    const by = operatorOf(request)
    const until = await takeOver(pool, idOf(request.params), { by, ms: minutes * MINUTE_MS })
    if (!until) throw new AdminError(404, 'there is no such conversation')
    return { until }
  })

  app.delete('/conversations/:id/takeover', { onRequest: may('operator') }, async (request) => {
    if (await endTakeover(pool, idOf(request.params), operatorOf(request))) return { ended: true }
    throw new AdminError(404, 'nobody has taken this conversation over')
  })

  app.put('/drivers/:id/status', { onRequest: may('operator') }, async (request) => {
    const { status } = checked(statusBody, request.body)
    const isKnown = await setDriverStatus(pool, idOf(request.params), { status, by: operatorOf(request) })
    if (!isKnown) throw new AdminError(404, 'there is no such driver')
    return { status }
  })

  app.delete('/drivers/:id/lock', { onRequest: may('operator') }, async (request) => {
    if (await confirmIdentity(pool, idOf(request.params), operatorOf(request))) return { confirmed: true }
    throw new AdminError(404, 'no such driver is locked')
  })

  app.post('/conversations/:id/messages', { onRequest: may('operator') }, async (request, reply) => {
    const conversationId = idOf(request.params)
    const { text } = checked(messageBody, request.body)
    const id = checked(idempotencyKey, request.headers['idempotency-key'] ?? randomUUID()) ?? randomUUID()
    const state = await writeAsPerson(pool, conversationId, { id, by: operatorOf(request), text })
    if (state === 'unknown') throw new AdminError(404, 'there is no such conversation')
    if (state === 'closed')
      throw new AdminError(409, 'the driver has not written for 24 hours: WhatsApp takes templates only')
    // Committed: if the broker does not take the hint, the scheduler makes up for it.
    await messaging
      .publish(outboundReady, { conversationId })
      .catch((error: unknown) => log.warn({ err: error }, 'a hint was not published'))
    return reply.code(202).send({ id })
  })
}

const idOf = (params: unknown) => checked(where, params).id
