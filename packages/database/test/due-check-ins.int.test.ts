import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { freshDatabase } from '@waybill/test-kit'
import pg from 'pg'
import { dueCheckIns } from '../src/check-ins.ts'
import { addDriver } from './add-driver.ts'

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

const driverIn = (timeZone: string, columns?: Record<string, string | null>) =>
  addDriver(pool, timeZone, columns)

async function dueAt(time: string, driverId: string): Promise<string[]> {
  const due = await dueCheckIns(pool, { now: new Date(time), limit: 1_000 })
  return due.filter((it) => it.driverId === driverId).map(({ date }) => date)
}

describe('who is due', () => {
  it.each([
    ['in winter', 'America/New_York', '2026-01-15T13:59:59Z', '2026-01-15T14:00:00Z', '2026-01-15'],
    ['in summer', 'America/New_York', '2026-07-15T12:59:59Z', '2026-07-15T13:00:00Z', '2026-07-15'],
    [
      'the day clocks go forward',
      'Europe/Lisbon',
      '2026-03-29T07:59:59Z',
      '2026-03-29T08:00:00Z',
      '2026-03-29',
    ],
    [
      'the day clocks go back',
      'America/New_York',
      '2026-11-01T13:59:59Z',
      '2026-11-01T14:00:00Z',
      '2026-11-01',
    ],
    ['east of Greenwich', 'Pacific/Auckland', '2026-06-01T20:59:59Z', '2026-06-01T21:00:00Z', '2026-06-02'],
    ['half an hour off', 'Asia/Kolkata', '2026-06-01T03:29:59Z', '2026-06-01T03:30:00Z', '2026-06-01'],
  ])('is due at nine where he is: %s', async (_what, timeZone, before, at, date) => {
    const { id } = await driverIn(timeZone)
    expect(await dueAt(before, id)).toEqual([])
    expect(await dueAt(at, id)).toEqual([date])
  })

  it.each([
    ['inactive', { status: 'inactive' }],
    ['not to be asked', { check_in_at: null }],
    ['asked later', { check_in_at: '09:30' }],
    ['added after nine that day', { created_at: '2026-01-15T14:01:00Z' }],
  ])('is not due: %s', async (_what, columns) => {
    const { id } = await driverIn('America/New_York', columns)
    expect(await dueAt('2026-01-15T14:15:00Z', id)).toEqual([])
  })

  it('is asked once for a day, however many schedulers look', async () => {
    const { id } = await driverIn('America/New_York')
    const found = await Promise.all(Array.from({ length: 8 }, () => dueAt('2026-01-15T14:00:00Z', id)))
    expect(found.flat()).toEqual(['2026-01-15'])
    // Nobody has acted on the hint: it is given again, but not at once.
    expect(await dueAt('2026-01-15T14:00:05Z', id)).toEqual([])
    expect(await dueAt('2026-01-15T14:00:11Z', id)).toEqual(['2026-01-15'])
    expect(await dueAt('2026-01-16T14:00:00Z', id)).toEqual(['2026-01-15', '2026-01-16'])
  })

  it('asks all others when one has a time zone that nobody knows', async () => {
    const [{ id: lost }, { id }] = [await driverIn('Mars/Olympus'), await driverIn('America/Denver')]
    expect(await dueAt('2026-01-20T16:00:00Z', id)).toEqual(['2026-01-20'])
    expect(await dueAt('2026-01-20T16:00:00Z', lost)).toEqual([])
    await pool.query('DELETE FROM drivers WHERE id = $1', [lost])
  })
})

describe('many drivers at nine', () => {
  it('are handed out five hundred at a look, each of them once', async () => {
    await pool.query(`
      INSERT INTO drivers (id, name, time_zone, created_at)
      SELECT 'many-' || n, 'Load', 'Africa/Lagos', '2026-01-01' FROM generate_series(1, 5000) n`)
    await pool.query("UPDATE drivers SET check_in_at = NULL WHERE id NOT LIKE 'many-%'")
    await pool.query('DELETE FROM check_ins')
    const handedOut: string[] = []
    for (let look = 0; look < 10; look++) {
      // Before ten seconds are over, after which somebody who has not been asked is handed out again.
      const now = new Date(Date.parse('2026-02-02T08:00:00Z') + look * 900)
      const due = await dueCheckIns(pool, { now, limit: 500 })
      expect(due).toHaveLength(500)
      handedOut.push(...due.map(({ driverId }) => driverId))
    }
    expect(new Set(handedOut).size).toBe(5_000)
  })
})
