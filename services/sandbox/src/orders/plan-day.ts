import type { FleetDriver } from '../fleet.ts'
import customers from './customers.json' with { type: 'json' }
import { dayAfter, localDate, zonedIso } from './local-time.ts'
import type { StatusReport } from './routes.ts'

export type OrderStatus = 'assigned' | 'confirmed' | 'arrived' | 'delivered' | 'failed' | 'cancelled'
export type Order = {
  id: string
  ref: string
  customer: { name: string; phone: string }
  address: { line: string; lat: number; lng: number; map_url: string }
  /** ISO 8601 with the offset of the driver's time zone. */
  window: { start: string; end: string }
  status: OrderStatus
  /** 1 is the first stop of the day. */
  sequence: number
  instructions?: string
  items: { name: string; quantity: number }[]
  notes?: string
  /** What the driver said of it last. */
  report?: StatusReport
  updated_at: string
}

const DRIVER_OF_THE_EXAMPLE = 'driver-johan'
const FIRST_STOP_AT = 8 * 60
const LAST_STOP_AT = 20 * 60
const PLANNED_AT = 4 * 60

/**
 * A driver's orders on a date: the same whenever it is asked. The day after the present one has numbers of its
 * own; on every other day the example driver has the orders of the example conversation.
 */
export function planDay(driver: FleetDriver, date: string, nowMs: number): Order[] {
  const isTomorrow = date === dayAfter(localDate(nowMs, driver.timeZone))
  const { firstId, count } = driver.orders
  if (!isTomorrow && driver.id === DRIVER_OF_THE_EXAMPLE) return exampleDay(driver, date)
  const total = isTomorrow ? Math.max(count - 1, 0) : count
  const startId = isTomorrow ? firstId + count : firstId
  return Array.from({ length: total }, (_, index) => plannedOrder(driver, date, { index, total, startId }))
}

function exampleDay(driver: FleetDriver, date: string): Order[] {
  return customers.example.map((stop, index) => {
    const start = minutesOf(stop.at)
    return {
      ...identity(driver.orders.firstId + index),
      customer: { name: stop.customer, phone: stop.phone },
      address: place(stop),
      window: windowOf(driver, date, start, stop.minutes),
      status: 'assigned',
      sequence: index + 1,
      ...(stop.instructions === undefined ? {} : { instructions: stop.instructions }),
      items: stop.items,
      ...(stop.notes === undefined ? {} : { notes: stop.notes }),
      updated_at: zonedIso(date, PLANNED_AT, driver.timeZone),
    }
  })
}

type Slot = { index: number; total: number; startId: number }

function plannedOrder(driver: FleetDriver, date: string, { index, total, startId }: Slot): Order {
  const choices = customers[driver.language]
  const stop = choices[(startId + index) % choices.length] ?? {
    customer: 'Customer',
    line: '1 Main St',
    item: 'Parcel',
  }
  const stepMinutes = Math.floor((LAST_STOP_AT - FIRST_STOP_AT) / Math.max(total, 1) / 5) * 5
  const round = Math.floor(index / choices.length) // a customer's second order of the day is for the annex
  return {
    ...identity(startId + index),
    customer: {
      name: round === 0 ? stop.customer : `${stop.customer} ${round + 1}`,
      phone: `+1555010${String((startId + index) % 10_000).padStart(4, '0')}`,
    },
    address: place({
      line: stop.line,
      lat: 40.7 + ((startId + index) % 90) / 1_000,
      lng: -73.98 - index / 1_000,
    }),
    window: windowOf(driver, date, FIRST_STOP_AT + index * stepMinutes, 60),
    status: 'assigned',
    sequence: index + 1,
    items: [{ name: stop.item, quantity: 1 + ((startId + index) % 4) }],
    ...(driver.orders.notes === undefined ? {} : { notes: driver.orders.notes }),
    updated_at: zonedIso(date, PLANNED_AT, driver.timeZone),
  }
}

function identity(id: number) {
  return { id: String(id), ref: `#${id}` }
}

function place({ line, lat, lng }: { line: string; lat: number; lng: number }) {
  const [latitude, longitude] = [lat, lng].map((degrees) => Number(degrees.toFixed(4)))
  const url = `https://maps.google.com/?q=${latitude},${longitude}`
  return { line, lat: latitude ?? lat, lng: longitude ?? lng, map_url: url }
}

function windowOf({ timeZone }: FleetDriver, date: string, startMinutes: number, lengthMinutes: number) {
  return {
    start: zonedIso(date, startMinutes, timeZone),
    end: zonedIso(date, startMinutes + lengthMinutes, timeZone),
  }
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}
