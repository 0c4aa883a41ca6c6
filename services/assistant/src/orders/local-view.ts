import type { Session } from '../session/session.ts'
import type { ToolContext } from '../tools/tool.ts'
import type { OrderBook } from './order-book.ts'
import { isArrived, isClosed } from './order-status.ts'
import type { Order } from './order-system.ts'

/** A day with what was reported here, of which the order system may not have heard yet. */
export async function dayOf(
  { book, session, today }: Pick<ToolContext, 'book' | 'session' | 'today'>,
  date: string = today,
): ReturnType<OrderBook['on']> {
  const day = await book.on(date)
  return day && { ...day, orders: withReports(day.orders, date, session) }
}

/** The order system's last word counts: what is closed there stays as it is. */
export function withReports(
  orders: readonly Order[],
  date: string,
  { reported }: Pick<Session, 'reported'>,
): readonly Order[] {
  if (reported?.date !== date) return orders
  const reports = new Map(reported.reports.map((report) => [report.orderId, report.status]))
  return orders.map((order) => {
    const status = reports.get(order.id)
    if (status === undefined || isClosed(order) || (status === 'arrived' && isArrived(order))) return order
    return { ...order, status: status === 'problem' ? 'failed' : status }
  })
}
