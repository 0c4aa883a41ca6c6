import { textMessage } from '@waybill/whatsapp'
import { z } from 'zod'
import { dayOf } from '../orders/local-view.ts'
import { addDays } from '../replies/local-time.ts'
import {
  ageOf,
  firstName,
  paragraphs,
  renderOrders,
  renderPage,
  renderTomorrow,
} from '../replies/render-orders.ts'
import { defineTool, type ToolContext, type ToolResult, toolArgs } from './tool.ts'

export const getOrders = defineTool({
  name: 'get_orders',
  description:
    "Lists the driver's own orders of today, or of tomorrow when the driver asks for tomorrow. Use it for: my orders, my route, my stops, my deliveries, my day, how many orders.",
  args: toolArgs({
    day: z.enum(['today', 'tomorrow']).optional().describe('Which day. Leave out for today.'),
  }),
  permission: undefined,
  tier: 'read',
  run: (context, { day }) => (day === 'tomorrow' ? ordersOfTomorrow(context) : ordersOfToday(context)),
})

/** `offset`: where a page of a long list starts. */
export async function ordersOfToday(context: ToolContext, offset = 0): Promise<ToolResult> {
  const { say, driver, today, now } = context
  const day = await dayOf(context)
  if (!day) return { replies: [textMessage(say.orders.unreachable)], summary: 'order system unreachable' }
  const age = ageOf(day, context)
  const { orders } = day
  const remember = {
    lastList: { orderIds: orders.map(({ id }) => id).slice(0, 200), date: today, at: now },
    focus: null,
  }
  const summary = `listed ${orders.length} orders of today`
  if (orders.length === 0) {
    const none = say.orders.none({ name: firstName(driver.name) })
    return { replies: [textMessage(paragraphs(age, none))], summary, remember }
  }
  const reply = offset > 0 ? renderPage(orders, context, offset) : renderOrders(orders, context, age)
  return { replies: [reply], summary, remember }
}

async function ordersOfTomorrow(context: ToolContext): Promise<ToolResult> {
  const { book, say, driver, today } = context
  const day = await book.on(addDays(today, 1))
  if (!day) return { replies: [textMessage(say.orders.unreachable)], summary: 'order system unreachable' }
  const age = ageOf(day, context)
  const none = say.orders.noneTomorrow({ name: firstName(driver.name) })
  const reply =
    day.orders.length > 0 ? renderTomorrow(day.orders, context, age) : textMessage(paragraphs(age, none))
  // Numbers choose among the orders of today: after this list there is nothing to choose from.
  return {
    replies: [reply],
    summary: `listed ${day.orders.length} orders of tomorrow`,
    remember: { lastList: null, focus: null },
  }
}
