import { textMessage } from '@waybill/whatsapp'
import { dayOf } from '../orders/local-view.ts'
import type { Order } from '../orders/order-system.ts'
import { resolveOrder } from '../orders/resolve-order.ts'
import { addDays } from '../replies/local-time.ts'
import { renderOrder } from '../replies/render-order.ts'
import { ageOf } from '../replies/render-orders.ts'
import { ordersOfToday } from './get-orders.ts'
import { notFound } from './not-found.ts'
import { defineTool, orderRef, type ToolContext, type ToolResult, toolArgs } from './tool.ts'
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
    const tomorrow = addDays(today, 1)
    // What was shown last comes first; the other day only when nothing there has this name.
    const isTomorrowShown = session.lastList?.date === tomorrow || session.focus?.date === tomorrow
    const [date, other] = isTomorrowShown ? [tomorrow, today] : [today, tomorrow]
    const day = await dayOf(context, date)
    if (!day) return { replies: [textMessage(say.orders.unreachable)], summary: 'order system unreachable' }
    const age = ageOf(day, context)
    const wanted = ref ?? (session.focus?.date === date ? session.focus.orderId : undefined)
    if (wanted === undefined && day.orders.length !== 1) {
      if (day.orders.length === 0) return ordersOfToday(context)
      const question = { tool: 'get_order_details', text: say.order.which, candidates: day.orders } as const
      return askWhich(context, question, age)
    }
    const found =
      wanted === undefined ? [...day.orders] : resolveOrder(wanted, day.orders, listedIds(context, date))
    const [order, ...others] = found
    if (!order) return shownOn(other, wanted, context)
    if (others.length > 0) {
      return askWhich(context, { tool: 'get_order_details', text: say.order.which, candidates: found }, age)
    }
    return shown(order, { date, age }, context)
  },
})

async function shownOn(date: string, wanted: string | undefined, context: ToolContext): Promise<ToolResult> {
  const isNumber = wanted !== undefined && /^\d{1,2}$/.test(wanted.trim())
  const day = isNumber ? undefined : await dayOf(context, date)
  const [order, ...others] = wanted === undefined ? [] : resolveOrder(wanted, day?.orders ?? [], [])
  if (!day || !order || others.length > 0) return notFound(wanted, context)
  return shown(order, { date, age: ageOf(day, context) }, context)
}

function shown(
  order: Order,
  { date, age }: { date: string; age: string | undefined },
  context: ToolContext,
): ToolResult {
  return {
    replies: renderOrder(order, { ...context, isOfToday: date === context.today }, age),
    summary: `showed order #${order.id}`,
    remember: { focus: { orderId: order.id, date } },
  }
}
