import type { DayPlan, Order } from './order-system.ts'

/** Orders of one day as they were at a time (ms). */
export type DayOfOrders = { at: number; orders: readonly Order[] } & Pick<DayPlan, 'notes' | 'weather'>
export type FetchedDay = DayOfOrders & { driverId: string; date: string }

export type ReadOrders = (driverId: string, date: string) => Promise<DayOfOrders | undefined>

/** The orders of one driver, and of nobody else, read at most once per turn and day. */
export type OrderBook = {
  /** `undefined`: the order system can't be reached and nothing is known from before. */
  on(date: string): Promise<(DayOfOrders & { isFresh: boolean }) | undefined>
  /** What this turn read from the order system. */
  readonly fetched: readonly FetchedDay[]
  /** Every order that this turn got to see, of whatever age. */
  readonly seen: readonly Order[]
}

type Sources = {
  driverId: string
  now: () => number
  /** Throws when the order system is out of reach. */
  fetchDay: (driverId: string, date: string) => Promise<DayPlan>
  lastKnown: ReadOrders
  onUnreachable: (error: unknown) => void
}

export function openOrderBook({ driverId, now, fetchDay, lastKnown, onUnreachable }: Sources): OrderBook {
  const days = new Map<string, ReturnType<OrderBook['on']>>()
  const fetched: FetchedDay[] = []
  const seen: Order[] = []

  async function read(date: string): ReturnType<OrderBook['on']> {
    try {
      const day = { at: now(), ...(await fetchDay(driverId, date)) }
      fetched.push({ ...day, driverId, date })
      seen.push(...day.orders)
      return { ...day, isFresh: true }
    } catch (error) {
      onUnreachable(error)
      const day = await lastKnown(driverId, date)
      seen.push(...(day?.orders ?? []))
      return day && { ...day, isFresh: false }
    }
  }

  return {
    fetched,
    seen,
    on(date) {
      const known = days.get(date) ?? read(date)
      days.set(date, known)
      return known
    },
  }
}
