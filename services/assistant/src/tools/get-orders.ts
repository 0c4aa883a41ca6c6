import { textMessage } from '@waybill/whatsapp'
import { z } from 'zod'
import { dayOf } from '../orders/local-view.ts'
import { isArrived, isClosed } from '../orders/order-status.ts'
import type { Order } from '../orders/order-system.ts'
import { addDays } from '../replies/local-time.ts'
import {
  ageOf,
  firstName,
  paragraphs,
  renderLate,
  renderLeft,
  renderOrders,
  renderPage,
  renderTomorrow,
} from '../replies/render-orders.ts'
import { defineTool, type ToolContext, type ToolResult, toolArgs } from './tool.ts'

export const getOrders = defineTool({
  name: 'get_orders',
  description:
    "Lists the driver's own orders of today, or of tomorrow when the driver asks for tomorrow. Use it for: my orders, my route, my stops, my deliveries, my day, how many orders are left, where am I late.",
  args: toolArgs({
    day: z.enum(['today', 'tomorrow']).optional().describe('Which day. Leave out for today.'),
    only: z
      .enum(['left', 'late'])
      .optional()
      .describe('left: what is still open. late: what is late. Leave out for all.'),
  }),
  permission: undefined,
  tier: 'read',
  run(context, { day, only }) {
    if (day === 'tomorrow') return ordersOfTomorrow(context)
    return only === undefined ? ordersOfToday(context) : someOfToday(context, only)
  },
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

const SOON_MS = 30 * 60_000

/** Open stops whose time window has ended, or is about to. */
function lateOnes(orders: readonly Order[], now: number): Order[] {
  return orders.filter(
    (order) => !isClosed(order) && !isArrived(order) && Date.parse(order.window.end) - SOON_MS <= now,
  )
}

/** What is still open of today, or late. */
export async function someOfToday(context: ToolContext, only: 'left' | 'late'): Promise<ToolResult> {
  const { say, today, now } = context
  const day = await dayOf(context)
  if (!day) return { replies: [textMessage(say.orders.unreachable)], summary: 'order system unreachable' }
  if (day.orders.length === 0) return ordersOfToday(context)
  const shown = only === 'late' ? lateOnes(day.orders, now) : day.orders.filter((order) => !isClosed(order))
  const render = only === 'late' ? renderLate : renderLeft
  return {
    replies: [render(shown, context, { all: day.orders, preface: ageOf(day, context) })],
    summary: `listed ${shown.length} orders of today that are ${only}`,
    remember: {
      lastList: { orderIds: shown.map(({ id }) => id).slice(0, 200), date: today, at: now },
      focus: null,
    },
  }
}

/** `offset`: where a page of a long list starts. */
export async function ordersOfTomorrow(context: ToolContext, offset = 0): Promise<ToolResult> {
  const { book, say, driver, today, now } = context
  const date = addDays(today, 1)
  const day = await book.on(date)
  if (!day) return { replies: [textMessage(say.orders.unreachable)], summary: 'order system unreachable' }
  const { orders } = day
  const age = ageOf(day, context)
  const summary = `listed ${orders.length} orders of tomorrow`
  if (orders.length === 0) {
    const none = say.orders.noneTomorrow({ name: firstName(driver.name) })
    return {
      ...{ replies: [textMessage(paragraphs(age, none))], summary },
      remember: { lastList: null, focus: null },
    }
  }
  const reply =
    offset > 0 ? renderPage(orders, context, offset, 'tomorrow') : renderTomorrow(orders, context, age)
  const orderIds = orders.map(({ id }) => id).slice(0, 200)
  return { replies: [reply], summary, remember: { lastList: { orderIds, date, at: now }, focus: null } }
}
