import type { Order } from './plan-day.ts'

export type Replanned = {
  customer?: string | undefined
  address?: string | undefined
  start?: string | undefined
  end?: string | undefined
}

/** What dispatchers change in a plan after it was made, by driver and order. */
export function createPlanChanges() {
  const cancelled = new Set<string>()
  const changed = new Map<string, Replanned>()
  const created = new Map<string, { date: string; order: Order }[]>()
  const keyOf = (driverId: string, orderId: string) => `${driverId}\n${orderId}`

  return {
    cancel: (driverId: string, orderId: string) => cancelled.add(keyOf(driverId, orderId)),
    change: (driverId: string, orderId: string, to: Replanned) => changed.set(keyOf(driverId, orderId), to),
    create: (driverId: string, date: string, order: Order) =>
      created.set(driverId, [...(created.get(driverId) ?? []), { date, order }]),

    isCancelled: (driverId: string, orderId: string) => cancelled.has(keyOf(driverId, orderId)),

    /** A planned day as it is now. Cancelled orders stay in it. */
    applyTo(driverId: string, date: string, planned: readonly Order[]): Order[] {
      const added = (created.get(driverId) ?? []).flatMap((it) => (it.date === date ? [it.order] : []))
      return [...planned, ...added].map((order) => {
        const { customer, address, start, end } = changed.get(keyOf(driverId, order.id)) ?? {}
        return {
          ...order,
          ...(customer === undefined ? {} : { customer: { ...order.customer, name: customer } }),
          ...(address === undefined ? {} : { address: { ...order.address, line: address } }),
          window: { start: start ?? order.window.start, end: end ?? order.window.end },
        }
      })
    },
    reset() {
      cancelled.clear()
      changed.clear()
      created.clear()
    },
  }
}
