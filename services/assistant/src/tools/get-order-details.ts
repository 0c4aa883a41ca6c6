import { textMessage } from '@waybill/whatsapp'
import { resolveOrder } from '../orders/resolve-order.ts'
import { renderOrder } from '../replies/render-order.ts'
import { ageOf, renderOrders } from '../replies/render-orders.ts'
import { defineTool, orderRef, toolArgs } from './tool.ts'
import { askWhich, listedIds } from './which-order.ts'

export const getOrderDetails = defineTool({
  name: 'get_order_details',
  description:
    "Shows one of the driver's own orders: customer, address, time window, items, instructions, map. Use it when the driver asks about a particular order or customer: details, address, where is, what is in, notes, instructions.",
  args: toolArgs({ order_ref: orderRef.optional() }),
  permission: undefined,
  tier: 'read',
  async run(context, { order_ref: ref }) {
    const { book, say, session, today } = context
    const day = await book.on(today)
    if (!day) return { replies: [textMessage(say.orders.unreachable)], summary: 'order system unreachable' }
    const age = ageOf(day, context)
    const wanted = ref ?? (session.focus?.date === today ? session.focus.orderId : undefined)
    if (wanted === undefined && day.orders.length !== 1) {
      const candidates = day.orders
      const reply = { replies: [renderOrders(candidates, context, age)], summary: 'asked which order' }
      return candidates.length === 0
        ? reply
        : askWhich(context, { tool: 'get_order_details', text: say.order.which, candidates }, age)
    }
    const found =
      wanted === undefined ? [...day.orders] : resolveOrder(wanted, day.orders, listedIds(context))
    const [order, ...others] = found
    if (!order) {
      return {
        replies: [textMessage(say.order.notFound({ ref: quoted(wanted ?? '') }))],
        summary: 'order not found',
      }
    }
    if (others.length > 0) {
      return askWhich(context, { tool: 'get_order_details', text: say.order.which, candidates: found }, age)
    }
    return {
      replies: renderOrder(order, context, age),
      summary: `showed order #${order.id}`,
      remember: { focus: { orderId: order.id, date: today } },
    }
  },
})

/** What the driver typed, as a short quotation that can't pass for a fact. */
export function quoted(ref: string): string {
  const digits = /^#?(\d+)$/.exec(ref.trim())
  return digits ? `#${digits[1]}` : `"${ref.trim().slice(0, 40)}"`
}
