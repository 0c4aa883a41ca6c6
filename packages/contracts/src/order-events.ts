import { z } from 'zod'
import { defineQueue } from './define-queue.ts'

const localized = z
  .record(z.string().min(2).max(10), z.string().trim().min(1).max(600))
  .refine((texts) => Object.keys(texts).length > 0, 'needs one language at least')

const common = {
  /** The same event sent twice has one effect. */
  id: z.string().min(1).max(200),
  driver_id: z.string().min(1).max(100),
  occurred_at: z.iso.datetime({ offset: true }),
  /** `urgent` is told at night too, and without waiting for others. */
  priority: z.enum(['normal', 'urgent']).default('normal'),
}
const ofOrder = {
  ...common,
  order_id: z.union([z.string(), z.number().transform(String)]).pipe(z.string().min(1).max(100)),
}

/** A change in the order system that a driver should hear of. What it says of an order is read from there again. */
export const orderEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('order.created'), ...ofOrder }),
  z.object({ type: z.literal('order.cancelled'), ...ofOrder }),
  /** Another address, another time. */
  z.object({ type: z.literal('order.changed'), ...ofOrder }),
  z.object({ type: z.literal('route.changed'), ...common }),
  /** Weather, traffic: the words that the driver reads, by language (`en`, `pt`, `es`). */
  z.object({ type: z.literal('alert'), ...common, text: localized }),
  /** Asks whether the driver takes the route, if today's check-in has not asked yet. */
  z.object({ type: z.literal('check-in.requested'), ...common }),
])
export type OrderEvent = z.output<typeof orderEventSchema>

/** An order event, as the order system sent it and ingress has checked it. */
export const orderEventReceived = defineQueue({
  queue: 'assistant.order-event-received',
  routingKey: 'order-event.received.v1',
  schema: orderEventSchema,
  // An hour without PostgreSQL; one delay is one queue.
  retry: { attemptsMax: 240, delayMsMin: 15_000, delayMsMax: 15_000 },
})

/** A driver has order events to be told of: the rows say which. */
export const orderEventsDue = defineQueue({
  queue: 'assistant.order-events-due',
  routingKey: 'order-events.due.v1',
  schema: z.object({ driverId: z.string().min(1) }),
  retry: { attemptsMax: 1, delayMsMin: 1_000, delayMsMax: 1_000 },
})
