import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { faultPlanSchema, UPSTREAMS } from '../faults/fault-plan.ts'
import { dayAfter } from '../orders/local-time.ts'
import type { ChatMessage } from '../whatsapp/chats.ts'
import { DEFAULT_DELIVERY_POLICY } from '../whatsapp/deliver-webhooks.ts'
import { DEFAULT_LIMITS } from '../whatsapp/limit-rates.ts'
import type { Person } from '../whatsapp/people.ts'
import { DEFAULT_RECEIPTS } from '../whatsapp/send-receipts.ts'
import type { World } from '../world.ts'
import { ControlError, parse } from './control-error.ts'
import { eventRoute } from './event-route.ts'
import { inboundSchema } from './inbound-message.ts'
import { orderEventSchema, raiseOrderEvent } from './order-event.ts'
import { sendAsDriver } from './send-as-driver.ts'
import { templateRoutes } from './template-routes.ts'
import { verifyWebhook } from './verify-webhook.ts'

const RAW_BYTES_MAX = 16 * 1024 * 1024

const delayMs = z.number().int().min(0).max(600_000).nullable()
const receiptsSchema = z.strictObject({
  sent: delayMs.default(DEFAULT_RECEIPTS.sent),
  delivered: delayMs.default(DEFAULT_RECEIPTS.delivered),
  read: delayMs.default(DEFAULT_RECEIPTS.read),
  failWith: z.strictObject({ code: z.number().int(), title: z.string() }).nullable().default(null),
})
const limitsSchema = z.strictObject({
  messagesPerSecond: z.number().positive().default(DEFAULT_LIMITS.messagesPerSecond),
  pairIntervalMs: z.number().min(0).default(DEFAULT_LIMITS.pairIntervalMs),
  pairBurst: z.number().int().min(1).default(DEFAULT_LIMITS.pairBurst),
  serviceWindowMs: z.number().min(0).default(DEFAULT_LIMITS.serviceWindowMs),
})
const deliverySchema = z.strictObject({
  concurrency: z.number().int().min(1).max(1_000).default(DEFAULT_DELIVERY_POLICY.concurrency),
  timeoutMs: z.number().int().min(1).default(DEFAULT_DELIVERY_POLICY.timeoutMs),
  retryMsMin: z.number().int().min(1).default(DEFAULT_DELIVERY_POLICY.retryMsMin),
  retryMsMax: z.number().int().min(1).default(DEFAULT_DELIVERY_POLICY.retryMsMax),
  attemptsMax: z.number().int().min(1).default(DEFAULT_DELIVERY_POLICY.attemptsMax),
})
const upstreamSchema = z.enum(UPSTREAMS)
const listSchema = z.object({ after: z.string().optional() })

type Phone = { Params: { phone: string } }
type OfUpstream = { Params: { upstream: string } }

/** The control API: stable, documented in README.md. Everything that is left out goes to its default. */
export async function controlRoutes(app: FastifyInstance, world: World): Promise<void> {
  const { whatsapp, faults, orders } = world
  app.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500) request.log.error({ err: error }, 'the sandbox failed')
    return reply.code(status).send({ error: error.message })
  })

  function personOf(phone: string): Person {
    const person = whatsapp.people.findByPhone(phone)
    if (!person)
      throw new ControlError(
        `${phone} is not a phone number: write digits with the country code, like 12125550101`,
      )
    return person
  }

  app.get('/drivers', async () => ({ drivers: world.options.fleet }))
  app.post<Phone>('/drivers/:phone/messages', async ({ params, body }) =>
    sendAsDriver(world, personOf(params.phone), parse(inboundSchema, body)),
  )
  app.get<Phone>('/drivers/:phone/messages', async ({ params, query }) => {
    const { phone } = personOf(params.phone)
    const { after } = parse(listSchema, query)
    const messages = whatsapp.chats.list(
      phone,
      after !== undefined && /^\d+$/.test(after) ? Number(after) : after,
    )
    return {
      messages: messages.map(shownMessage),
      cursor: messages.at(-1)?.cursor ?? Number(after ?? 0),
      typing: whatsapp.chats.isTyping(phone),
    }
  })
  app.get<Phone>('/drivers/:phone/orders', async ({ params }) => {
    const { phone } = personOf(params.phone)
    const driver = world.options.fleet.find((it) => it.phone === phone)
    if (!driver) throw new ControlError(`${phone} is nobody of the fleet`)
    const today = orders.day(driver.id, undefined)
    return { today, tomorrow: orders.day(driver.id, dayAfter(today.date)) }
  })
  app.post<Phone>('/drivers/:phone/read', async ({ params }) => {
    whatsapp.receipts.readAll(personOf(params.phone))
    return {}
  })

  app.register(async (raw) => {
    raw.removeAllContentTypeParsers()
    raw.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: RAW_BYTES_MAX }, (_request, body, done) =>
      done(null, body),
    )
    raw.post('/webhooks', async ({ body }) => {
      if (!Buffer.isBuffer(body))
        throw new ControlError('send the body of a webhook: it is signed and delivered as it is')
      const answer = await whatsapp.delivery.postOnce(body)
      return typeof answer === 'number' ? { status: answer } : { status: null, reason: answer }
    })
  })
  app.get('/webhooks/policy', async () => whatsapp.delivery.policy)
  app.put('/webhooks/policy', async ({ body }) => {
    whatsapp.delivery.policy = parse(deliverySchema, body)
    return whatsapp.delivery.policy
  })
  app.post('/webhooks/verify', async () => verifyWebhook(world.options))

  app.get<OfUpstream>('/faults/:upstream', async ({ params }) =>
    faults.get(parse(upstreamSchema, params.upstream)),
  )
  app.put<OfUpstream>('/faults/:upstream', async ({ params, body }) => {
    const upstream = parse(upstreamSchema, params.upstream)
    faults.set(upstream, parse(faultPlanSchema, body))
    return faults.get(upstream)
  })
  app.get('/receipts', async () => whatsapp.receipts.settings)
  app.put('/receipts', async ({ body }) => {
    whatsapp.receipts.settings = parse(receiptsSchema, body)
    return whatsapp.receipts.settings
  })
  app.get('/limits', async () => whatsapp.limiter.limits)
  app.put('/limits', async ({ body }) => {
    whatsapp.limiter.limits = parse(limitsSchema, body)
    return whatsapp.limiter.limits
  })

  templateRoutes(app, world)
  app.get('/stats', async () => ({ ...world.stats.read(), webhooks: whatsapp.delivery.stats() }))
  app.post('/order-events', async ({ body }) => raiseOrderEvent(world, parse(orderEventSchema, body)))
  app.get('/orders/log', async () => ({ writes: orders.log.list() }))
  app.get('/dispatch', async () => ({ notices: world.dispatch.list() }))
  app.post('/reset', async () => {
    world.reset()
    return {}
  })
  eventRoute(app, world)
}

function shownMessage({ content, callbackData, phone: _phone, ...message }: ChatMessage) {
  const { text: _body, ...rest } = content
  return {
    ...message,
    ...rest,
    ...(callbackData === undefined ? {} : { biz_opaque_callback_data: callbackData }),
  }
}
