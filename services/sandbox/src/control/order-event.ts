import { createHmac, randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { World } from '../world.ts'
import { ControlError } from './control-error.ts'

const TIMEOUT_MS = 10_000

/** What happens in the order system, and whether it is told: `isSilent` changes the plan without a word. */
export const orderEventSchema = z.strictObject({
  type: z.enum([
    'order.created',
    'order.cancelled',
    'order.changed',
    'route.changed',
    'alert',
    'check-in.requested',
  ]),
  driver_id: z.string().min(1),
  order_id: z.string().optional(),
  priority: z.enum(['normal', 'urgent']).optional(),
  text: z.record(z.string(), z.string()).optional(),
  /** Of a changed or new order. Times as ISO 8601 with offset. */
  to: z
    .strictObject({
      customer: z.string().optional(),
      address: z.string().optional(),
      start: z.iso.datetime({ offset: true }).optional(),
      end: z.iso.datetime({ offset: true }).optional(),
    })
    .default({}),
  id: z.string().optional(),
  isSilent: z.boolean().default(false),
})

/** Changes the plan and posts the event, signed as https://www.standardwebhooks.com says. */
export async function raiseOrderEvent(world: World, raised: z.output<typeof orderEventSchema>) {
  const { id = randomUUID(), to: _plan, isSilent, ...event } = raised
  replan(world, raised)
  if (isSilent) return { id, status: null }
  const { webhookUrl, orderEventsSecret } = world.options
  if (!orderEventsSecret) throw new ControlError('there is no ORDER_EVENTS_SECRET to sign events with')
  const body = JSON.stringify({ ...event, id, occurred_at: new Date(world.now()).toISOString() })
  const timestamp = String(Math.floor(world.now() / 1_000))
  const signature = createHmac('sha256', orderEventsSecret)
    .update(`${id}.${timestamp}.${body}`)
    .digest('base64')
  const response = await fetch(new URL('/order-events', webhookUrl), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    },
    body,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  return { id, status: response.status, answer: await response.text() }
}

function replan(
  { orders }: World,
  { type, driver_id, order_id, to }: z.output<typeof orderEventSchema>,
): void {
  if (!type.startsWith('order.')) return
  if (order_id === undefined) throw new ControlError(`${type} needs an order_id`)
  if (type === 'order.created') orders.plan.create(driver_id, order_id, to)
  else if (type === 'order.cancelled') orders.plan.cancel(driver_id, order_id)
  else orders.plan.change(driver_id, order_id, to)
}
