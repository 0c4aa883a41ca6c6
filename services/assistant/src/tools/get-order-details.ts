import { textMessage } from '@waybill/whatsapp'
import { dayOf } from '../orders/local-view.ts'
import { resolveOrder } from '../orders/resolve-order.ts'
import { renderOrder } from '../replies/render-order.ts'
import { ageOf } from '../replies/render-orders.ts'
import { ordersOfToday } from './get-orders.ts'
import { notFound } from './not-found.ts'
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
    const { say, session, today } = context
    const day = await dayOf(context)
    if (!day) return { replies: [textMessage(say.orders.unreachable)], summary: 'order system unreachable' }
    const age = ageOf(day, context)
    const wanted = ref ?? (session.focus?.date === today ? session.focus.orderId : undefined)
    if (wanted === undefined && day.orders.length !== 1) {
      if (day.orders.length === 0) return ordersOfToday(context)
      const question = { tool: 'get_order_details', text: say.order.which, candidates: day.orders } as const
      return askWhich(context, question, age)
    }
    const found =
      wanted === undefined ? [...day.orders] : resolveOrder(wanted, day.orders, listedIds(context))
    const [order, ...others] = found
    if (!order) return notFound(wanted, context)
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
