import type { FleetDriver } from '../fleet.ts'
import { createIdempotencyKeys } from './idempotency.ts'
import { dayAfter, localDate } from './local-time.ts'
import { OrderError } from './order-error.ts'
import { createPlanChanges, type Replanned } from './plan-changes.ts'
import { type Order, type OrderStatus, planDay } from './plan-day.ts'
import { createProofs, type NewProof } from './proofs.ts'
import type { StatusReport } from './routes.ts'
import { weatherOn } from './weather.ts'
import { createWriteLog } from './write-log.ts'

type Change = Partial<Pick<Order, 'status' | 'notes' | 'report' | 'updated_at'>>
export type Route = {
  date: string
  status: 'pending' | 'accepted' | 'declined'
  reason?: string
  decided_at?: string
}
export type OrderSystem = ReturnType<typeof createOrderSystem>

const CHANGES_MAX = 100_000
const CLOSED: readonly OrderStatus[] = ['delivered', 'failed', 'cancelled']

/** The company's orders. What is planned is computed from the date; what drivers changed is kept. */
export function createOrderSystem({ fleet, now }: { fleet: readonly FleetDriver[]; now: () => number }) {
  const drivers = new Map(fleet.map((driver) => [driver.id, driver]))
  const changes = new Map<string, Change>() // by driver, date and order
  const routes = new Map<string, Route>() // by driver and date
  const versions = new Map<string, number>()
  const replanned = createPlanChanges()
  const keys = createIdempotencyKeys()
  const proofs = createProofs()
  const log = createWriteLog(now)

  function driverOf(id: string): FleetDriver {
    const driver = drivers.get(id)
    if (!driver) throw new OrderError(404, 'driver_not_found', 'there is no such driver')
    return driver
  }

  const today = (driver: FleetDriver) => localDate(now(), driver.timeZone)

  function ordersOn(driver: FleetDriver, date: string): Order[] {
    return replanned.applyTo(driver.id, date, planDay(driver, date, now())).map((order) => ({
      ...order,
      ...changes.get(keyOf(driver.id, date, order.id)),
      ...(replanned.isCancelled(driver.id, order.id) ? { status: 'cancelled' as const } : {}),
    }))
  }

  /** By id or ref, today or tomorrow: "12345" and "#12345" are the same order. */
  function findOrder(driver: FleetDriver, ref: string) {
    const id = ref.trim().replace(/^#/, '')
    for (const date of [today(driver), dayAfter(today(driver))]) {
      const order = ordersOn(driver, date).find((it) => it.id === id)
      if (order) return { date, order }
    }
    throw new OrderError(404, 'order_not_found', 'the driver has no such order')
  }

  function change(
    driver: FleetDriver,
    ref: string,
    { status, note, report }: { status: OrderStatus; note?: string | undefined; report?: StatusReport },
  ): Order {
    const { date, order } = findOrder(driver, ref)
    if (CLOSED.includes(order.status) && order.status !== status) {
      throw new OrderError(409, 'order_closed', `the order is already ${order.status}`)
    }
    if (changes.size >= CHANGES_MAX) changes.clear()
    const key = keyOf(driver.id, date, order.id)
    const changed = {
      ...changes.get(key),
      status,
      updated_at: new Date(now()).toISOString(),
      ...(note === undefined ? {} : { notes: note }),
      ...(report === undefined ? {} : { report }),
    }
    changes.set(key, changed)
    bumpVersion(driver.id)
    return { ...order, ...changed }
  }

  /** Whoever is late is still on the way: nothing but the report is new. */
  function keepReport(driver: FleetDriver, ref: string, report: StatusReport): Order {
    if (report.status !== 'running_late') {
      return change(driver, ref, { status: report.status, note: report.note, report })
    }
    const { order } = findOrder(driver, ref)
    if (CLOSED.includes(order.status)) {
      throw new OrderError(409, 'order_closed', `the order is already ${order.status}`)
    }
    return change(driver, ref, { status: order.status, report })
  }

  function bumpVersion(driverId: string) {
    versions.set(driverId, (versions.get(driverId) ?? 1) + 1)
  }

  function routeOn(driver: FleetDriver, date: string): Route {
    return routes.get(keyOf(driver.id, date)) ?? { date, status: 'pending' }
  }

  return {
    assignments(date: string | undefined) {
      return fleet
        .filter(({ status }) => status === 'active')
        .map((driver) => {
          const day = date ?? today(driver)
          const orders = planDay(driver, day, now())
          return {
            driver_id: driver.id,
            driver_name: driver.name,
            date: day,
            time_zone: driver.timeZone,
            order_count: orders.length,
            first_window: orders[0]?.window ?? null,
            route: routeOn(driver, day),
          }
        })
    },

    day(driverId: string, date: string | undefined) {
      const driver = driverOf(driverId)
      const day = date ?? today(driver)
      return {
        driver_id: driver.id,
        date: day,
        time_zone: driver.timeZone,
        route: routeOn(driver, day),
        orders: ordersOn(driver, day),
        weather: weatherOn(day),
        version: versions.get(driver.id) ?? 1,
        generated_at: new Date(now()).toISOString(),
      }
    },

    /** The first stop of today that is neither delivered nor failed. */
    next(driverId: string) {
      const driver = driverOf(driverId)
      const order = ordersOn(driver, today(driver)).find(({ status }) => !CLOSED.includes(status))
      return { driver_id: driver.id, time_zone: driver.timeZone, order: order ?? null }
    },

    find: (driverId: string, ref: string) => ({ order: findOrder(driverOf(driverId), ref).order }),

    confirm(driverId: string, ref: string) {
      const driver = driverOf(driverId)
      const { order } = findOrder(driver, ref)
      if (order.status !== 'assigned' && order.status !== 'confirmed') {
        throw new OrderError(409, 'order_closed', `the order is already ${order.status}`)
      }
      if (order.status === 'confirmed') return { order, already_confirmed: true }
      return { order: change(driver, ref, { status: 'confirmed' }), already_confirmed: false }
    },

    report: (driverId: string, ref: string, report: StatusReport) => ({
      order: keepReport(driverOf(driverId), ref, report),
    }),

    /** A driver may have changed his mind: the last word counts. */
    decide(
      driverId: string,
      date: string,
      decision: { status: 'accepted' | 'declined'; reason?: string | undefined },
    ) {
      const driver = driverOf(driverId)
      const current = routeOn(driver, date)
      if (current.status === decision.status) return { route: current }
      const route: Route = {
        date,
        status: decision.status,
        decided_at: new Date(now()).toISOString(),
        ...(decision.reason === undefined ? {} : { reason: decision.reason }),
      }
      routes.set(keyOf(driver.id, date), route)
      bumpVersion(driver.id)
      return { route }
    },

    putProofFile(file: Parameters<typeof proofs.putFile>[0]) {
      driverOf(file.driverId)
      proofs.putFile(file)
    },
    attachProof(driverId: string, ref: string, proof: NewProof) {
      const { order } = findOrder(driverOf(driverId), ref)
      return { proof: proofs.attach(driverId, order.id, proof) }
    },
    proofsOf: (driverId: string, ref: string) => ({
      proofs: proofs.of(driverId, findOrder(driverOf(driverId), ref).order.id),
    }),

    /** Dispatchers at work: what they change in the plan. Throws when there is no such driver or order. */
    plan: {
      cancel(driverId: string, ref: string) {
        replanned.cancel(driverId, findOrder(driverOf(driverId), ref).order.id)
        bumpVersion(driverId)
      },
      change(driverId: string, ref: string, to: Replanned) {
        replanned.change(driverId, findOrder(driverOf(driverId), ref).order.id, to)
        bumpVersion(driverId)
      },
      create(driverId: string, id: string, order: Replanned) {
        const driver = driverOf(driverId)
        const date = today(driver)
        const last = ordersOn(driver, date).at(-1)
        if (!last) throw new OrderError(409, 'no_route', 'the driver has no route today')
        replanned.create(driverId, date, {
          ...last,
          ...{ id, ref: `#${id}`, status: 'assigned', sequence: last.sequence + 1 },
        })
        replanned.change(driverId, id, order)
        bumpVersion(driverId)
      },
    },

    reset() {
      replanned.reset()
      proofs.reset()
      changes.clear()
      routes.clear()
      versions.clear()
      keys.reset()
      log.reset()
    },
    keys,
    log,
  }
}

function keyOf(...parts: string[]): string {
  return parts.join('\n')
}
