import type { Logger } from 'pino'
import { createEvents } from './events.ts'
import { createFaults } from './faults/faults.ts'
import type { FleetDriver } from './fleet.ts'
import { createPromptCache } from './openrouter/prompt-cache.ts'
import { createDispatchSink } from './orders/dispatch-routes.ts'
import { createOrderSystem } from './orders/order-system.ts'
import { createStats } from './stats.ts'
import { createChats } from './whatsapp/chats.ts'
import { createWebhookDelivery } from './whatsapp/deliver-webhooks.ts'
import { createRateLimiter } from './whatsapp/limit-rates.ts'
import { createMediaStore } from './whatsapp/media.ts'
import { createPeople } from './whatsapp/people.ts'
import { createReceipts } from './whatsapp/send-receipts.ts'
import { createTemplates } from './whatsapp/templates.ts'
import type { BusinessNumber } from './whatsapp/webhook-body.ts'

export type WorldOptions = {
  webhookUrl: string
  appSecret: string
  verifyToken: string
  accessToken: string
  business: BusinessNumber
  openrouterApiKey: string
  ordersApiToken: string
  /** Signs order events; without it there are none. */
  orderEventsSecret?: string | undefined
  modelLatency: { latencyMs: number; jitterMs: number }
  fleet: readonly FleetDriver[]
  log: Logger
  now?: () => number
}

export type World = ReturnType<typeof createWorld>

/** Everything that is outside, in memory: phones, what they show, orders, faults. */
export function createWorld(options: WorldOptions) {
  const { webhookUrl, appSecret, business, fleet, log, now = Date.now } = options
  const events = createEvents()
  const stats = createStats()
  const faults = createFaults({ openrouter: options.modelLatency })
  const delivery = createWebhookDelivery({ url: webhookUrl, appSecret, log })
  const chats = createChats({ events, now })
  const receipts = createReceipts({ business, chats, delivery, now })
  const whatsapp = {
    people: createPeople(fleet),
    chats,
    receipts,
    delivery,
    limiter: createRateLimiter(now),
    templates: createTemplates(),
    media: createMediaStore(now),
  }
  const orders = createOrderSystem({ fleet, now })
  const dispatch = createDispatchSink(now)
  const promptCache = createPromptCache(now)
  const resettable = [
    stats,
    faults,
    delivery,
    receipts,
    chats,
    whatsapp.limiter,
    whatsapp.templates,
    whatsapp.media,
    orders,
    dispatch,
    promptCache,
  ]

  return {
    options,
    now,
    events,
    stats,
    faults,
    whatsapp,
    orders,
    dispatch,
    promptCache,
    /** As if just started, but for those who are connected. */
    reset() {
      for (const part of resettable) part.reset()
    },
    [Symbol.dispose]() {
      receipts[Symbol.dispose]()
      delivery[Symbol.dispose]()
      faults.reset()
    },
  }
}
