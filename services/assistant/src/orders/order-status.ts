import type { KnownStatus, Replies } from '../replies/replies.ts'
import type { Session } from '../session/session.ts'
import type { Order } from './order-system.ts'

// The order system's words for the same thing, as far as we have met them.
const KNOWN: ReadonlyMap<string, KnownStatus> = new Map(
  Object.entries<KnownStatus>({
    pending: 'pending',
    assigned: 'assigned',
    scheduled: 'assigned',
    confirmed: 'confirmed',
    accepted: 'confirmed',
    en_route: 'en_route',
    in_transit: 'en_route',
    out_for_delivery: 'en_route',
    started: 'en_route',
    running_late: 'en_route',
    arrived: 'arrived',
    delivered: 'delivered',
    completed: 'delivered',
    failed: 'failed',
    problem: 'failed',
    cancelled: 'cancelled',
    canceled: 'cancelled',
  }),
)
const CLOSED: readonly KnownStatus[] = ['delivered', 'failed', 'cancelled']

export function knownStatus(order: Order): KnownStatus | undefined {
  return KNOWN.get(order.status)
}

export const isCancelled = (order: Order) => knownStatus(order) === 'cancelled'

export function isClosed(order: Order): boolean {
  const status = KNOWN.get(order.status)
  return status !== undefined && CLOSED.includes(status)
}

/** Confirmed in the order system, or here a moment ago: the order system may not have heard of it yet. */
export function isConfirmed(order: Order, confirmed: Session['confirmed']): boolean {
  const status = KNOWN.get(order.status)
  if (status === undefined || status === 'pending' || status === 'assigned') {
    return confirmed?.orderIds.includes(order.id) ?? false
  }
  return true
}

export function statusName(order: Order, say: Replies, confirmed: Session['confirmed']): string {
  const status = KNOWN.get(order.status)
  const isAhead = (status === 'pending' || status === 'assigned') && isConfirmed(order, confirmed)
  if (isAhead) return say.order.statusNames.confirmed
  return status ? say.order.statusNames[status] : order.status.replaceAll('_', ' ')
}

export function isArrived(order: Order): boolean {
  return KNOWN.get(order.status) === 'arrived'
}
