import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { freshDatabase } from '@waybill/test-kit'
import pg from 'pg'
import {
  dropOrderEvents,
  dueOrderEvents,
  readOrderEvents,
  recordOrderEvent,
  tellOrderEvents,
} from '../src/order-events.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let pool: pg.Pool
beforeAll(async () => {
  database = await freshDatabase()
  pool = new pg.Pool({ connectionString: database.url })
})
afterAll(async () => {
  await pool.end()
  await database[Symbol.asyncDispose]()
})

const timing = { mergeMs: 20_000, nightFrom: '21:00', nightUntil: '06:00' }
const NUMBER = '42'

async function driverIn(timeZone: string): Promise<string> {
  const id = `d-${randomUUID()}`
  await pool.query('INSERT INTO drivers (id, name, time_zone) VALUES ($1, $1, $2)', [id, timeZone])
  await pool.query(`INSERT INTO identities (kind, value, driver_id) VALUES ('phone', $1, $1)`, [id])
  return id
}
async function record(driver_id: string, at: string, more: { type?: string; priority?: string } = {}) {
  const event = {
    id: randomUUID(),
    type: 'order.changed',
    priority: 'normal',
    order_id: '1',
    driver_id,
    ...more,
  }
  return { event, outcome: await recordOrderEvent(pool, event, { ...timing, now: new Date(at) }) }
}
const actAt = async (id: string) => {
  const { rows } = await pool.query<{ at: Date }>('SELECT act_at AS at FROM order_events WHERE id = $1', [id])
  return rows[0]?.at.toISOString()
}

describe('an order event', () => {
  it.each([
    // New York is five hours behind in winter and four in summer.
    ['by day: after a moment', '2026-01-15T15:00:00Z', 'normal', '2026-01-15T15:00:20.000Z'],
    ['late in the evening: in the morning', '2026-01-16T03:00:00Z', 'normal', '2026-01-16T11:00:00.000Z'],
    ['early in the morning: at its end', '2026-01-15T09:00:00Z', 'normal', '2026-01-15T11:00:00.000Z'],
    ['in the night on which clocks change', '2026-03-08T03:00:00Z', 'normal', '2026-03-08T10:00:00.000Z'],
    ['that is urgent: at once, also at night', '2026-01-16T03:00:00Z', 'urgent', '2026-01-16T03:00:00.000Z'],
  ])('may be told %s', async (_when, at, priority, expected) => {
    const { event } = await record(await driverIn('America/New_York'), at, { priority })
    expect(await actAt(event.id)).toBe(expected)
  })

  it('is recorded once, and not for nobody', async () => {
    const driver = await driverIn('UTC')
    const { event, outcome } = await record(driver, '2026-01-15T12:00:00Z')
    expect(outcome).toBe('recorded')
    expect(await recordOrderEvent(pool, event, timing)).toBe('repeated')
    expect((await record('nobody', '2026-01-15T12:00:00Z')).outcome).toBe('unknown-driver')
  })

  it('is handed out when it is due, with those that wait beside it, and told once', async () => {
    const driver = await driverIn('UTC')
    const first = await record(driver, '2026-01-15T12:00:00Z')
    const second = await record(driver, '2026-01-15T12:00:10Z')
    const read = (now: string) =>
      readOrderEvents(pool, driver, { ...timing, now: new Date(now), phoneNumberId: NUMBER })
    expect(await read('2026-01-15T12:00:05Z')).toBeUndefined()
    const now = '2026-01-15T12:00:25Z'
    expect(await dueOrderEvents(pool, { now: new Date(now), limit: 1_000 })).toContain(driver)
    expect(await dueOrderEvents(pool, { now: new Date(now), limit: 1_000 })).not.toContain(driver)
    const waiting = await read(now)
    expect(waiting?.events).toEqual([first.event, second.event])
    if (!waiting?.conversation) throw new Error('nowhere to tell')

    const { conversation } = waiting
    const states = await Promise.all(
      Array.from({ length: 5 }, () =>
        tellOrderEvents(pool, {
          ...{ driverId: driver, eventIds: [first.event.id, second.event.id], phoneNumberId: NUMBER },
          ...{ conversation, turnId: randomUUID(), session: {}, message: { type: 'text' }, templates: [] },
        }),
      ),
    )
    expect(states.filter((state) => state === 'told')).toHaveLength(1)
    const { rows } = await pool.query('SELECT priority FROM outbound WHERE conversation_id = $1', [
      conversation.id,
    ])
    expect(rows).toEqual([{ priority: 'broadcast' }])
    expect(await read(now)).toBeUndefined()
  })

  it('brings the check-in of the day forward, once', async () => {
    const driver = await driverIn('UTC')
    await record(driver, '2026-01-15T07:00:00Z', { type: 'check-in.requested' })
    await record(driver, '2026-01-15T07:30:00Z', { type: 'check-in.requested' })
    const { rows } = await pool.query<{ date: string; at: Date }>(
      'SELECT date::text, act_at AS at FROM check_ins WHERE driver_id = $1',
      [driver],
    )
    expect(rows).toEqual([{ date: '2026-01-15', at: new Date('2026-01-15T07:00:00Z') }])
  })

  it('that could not be told by day waits for the morning; an urgent one does not', async () => {
    const driver = await driverIn('UTC')
    const normal = await record(driver, '2026-01-15T20:00:00Z')
    const read = (now: string) =>
      readOrderEvents(pool, driver, { ...timing, now: new Date(now), phoneNumberId: NUMBER })
    expect(await read('2026-01-15T22:00:00Z')).toBeUndefined()
    expect(await actAt(normal.event.id)).toBe('2026-01-16T06:00:00.000Z')
    const urgent = await record(driver, '2026-01-15T23:00:00Z', { priority: 'urgent' })
    expect((await read('2026-01-15T23:00:01Z'))?.events).toEqual([urgent.event])
    expect((await read('2026-01-16T06:00:00Z'))?.events).toEqual([normal.event, urgent.event])
  })

  it('that can’t be told is set aside once, and dispatch hears of it once', async () => {
    const driver = await driverIn('UTC')
    const { event } = await record(driver, '2026-01-15T12:00:00Z')
    const notice = () => ({
      ...{ id: randomUUID(), kind: 'unreachable', priority: 'high' as const, text: 'Could not be told.' },
    })
    const drop = () =>
      dropOrderEvents(pool, driver, { eventIds: [event.id], reason: 'nobody', notices: [notice()] })
    await Promise.all([drop(), drop(), drop()])
    const { rows } = await pool.query('SELECT kind FROM dispatch_notices WHERE driver_id = $1', [driver])
    expect(rows).toEqual([{ kind: 'unreachable' }])
    const audit = await pool.query('SELECT detail FROM audit WHERE driver_id = $1', [driver])
    expect(audit.rows).toEqual([{ detail: { events: [event.id], reason: 'nobody' } }])
    // Replayed, because somebody has given the driver a phone.
    expect(await recordOrderEvent(pool, event, timing)).toBe('recorded')
    expect(await recordOrderEvent(pool, event, timing)).toBe('repeated')
  })

  it.each([
    ['normal', '2026-01-16T11:00:00.000Z'],
    ['urgent', '2026-01-16T03:00:00.000Z'],
  ])('asks for a check-in at night: %s', async (priority, expected) => {
    const driver = await driverIn('America/New_York')
    await record(driver, '2026-01-16T03:00:00Z', { type: 'check-in.requested', priority })
    const { rows } = await pool.query<{ date: string; at: Date }>(
      'SELECT date::text, act_at AS at FROM check_ins WHERE driver_id = $1',
      [driver],
    )
    expect(rows).toEqual([
      { date: priority === 'urgent' ? '2026-01-15' : '2026-01-16', at: new Date(expected) },
    ])
  })
})
