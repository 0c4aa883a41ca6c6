import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { freshDatabase } from '@waybill/test-kit'
import pg from 'pg'
import { dueCheckIns } from '../src/check-ins.ts'
import { claimSend } from '../src/outbound-lane.ts'
import { writeAsPerson } from '../src/people.ts'
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

const pacing = {
  ...{ numberPerSecond: 1_000, pairIntervalMs: 6_000, pairBurst: 45 },
  ...{ waitMsMax: 2_000, settleMs: 10_000, attemptsMax: 2 },
}
const TEXT = { type: 'text', text: { body: 'Hello' } }

async function driverWith(...rows: { priority: 'reply' | 'broadcast'; state?: string }[]) {
  const { id, phone } = await addDriver(pool, 'UTC')
  const conversationId = `42:${phone}`
  const turnId = randomUUID()
  await pool.query(
    `INSERT INTO conversations (id, phone_number_id, phone, last_message_at) VALUES ($1, '42', $2, now())`,
    [conversationId, phone],
  )
  await pool.query(`INSERT INTO lanes (kind, key) VALUES ('outbound', $1)`, [conversationId])
  await pool.query('INSERT INTO turns (id, conversation_id, driver_id, epoch) VALUES ($1, $2, $3, 1)', [
    ...[turnId, conversationId, id],
  ])
  for (const [part, { priority, state = 'pending' }] of rows.entries())
    await pool.query(
      `INSERT INTO outbound (conversation_id, turn_id, part, priority, state, attempts, message)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [conversationId, turnId, part, priority, state, state === 'pending' ? 0 : 1, TEXT],
    )
  return {
    ...{ id, conversationId },
    optOut: () => pool.query('UPDATE drivers SET opted_out_at = now() WHERE id = $1', [id]),
    claim: async () =>
      (await claimSend(pool, conversationId, { owner: 'a', ttlMs: 45_000, pacing, steal: false })).work,
    states: async () =>
      (
        await pool.query<{ state: string }>(
          'SELECT state FROM outbound WHERE conversation_id = $1 ORDER BY seq',
          [conversationId],
        )
      ).rows.map(({ state }) => state),
  }
}

it('S34: what was queued before the driver opted out is cancelled where it would be claimed, and replies go', async () => {
  const driver = await driverWith(
    { priority: 'broadcast' },
    { priority: 'broadcast', state: 'unknown' },
    { priority: 'reply' },
  )
  await driver.optOut()
  expect(await driver.claim()).toMatchObject({ state: 'run', cancelled: 2, send: { priority: 'reply' } })
  expect(await driver.states()).toEqual(['failed', 'failed', 'sending'])
  const { rows } = await pool.query(
    `SELECT a.driver_id, o.last_error FROM audit a JOIN outbound o ON o.id = (a.detail ->> 'outboundId')::uuid
     WHERE a.action = 'send.opted-out' AND a.conversation_id = $1`,
    [driver.conversationId],
  )
  const cancelled = { driver_id: driver.id, last_error: 'cancelled: the driver has opted out' }
  expect(rows).toEqual([cancelled, cancelled])
})

it('S34: says how many were cancelled when nothing is left to send', async () => {
  const driver = await driverWith({ priority: 'broadcast' })
  await driver.optOut()
  expect(await driver.claim()).toEqual({ state: 'empty', cancelled: 1 })
})

it('sends to others as ever', async () => {
  const driver = await driverWith({ priority: 'broadcast' })
  expect(await driver.claim()).toMatchObject({ state: 'run', send: { priority: 'broadcast' } })
})

it('S34: no check-in is opened for a driver who has opted out', async () => {
  const [asked, silent] = [await driverWith(), await driverWith()]
  await pool.query("UPDATE drivers SET check_in_at = '00:00'")
  await silent.optOut()
  const due = (await dueCheckIns(pool, { limit: 100 })).map(({ driverId }) => driverId)
  expect(due).toContain(asked.id)
  expect(due).not.toContain(silent.id)
})

it('S34: a person may go on in a conversation that the driver has opened, and not begin one', async () => {
  const driver = await driverWith()
  await driver.optOut()
  const write = () =>
    writeAsPerson(pool, driver.conversationId, { id: randomUUID(), by: 'Ana', text: 'Ana here' })
  expect(await write()).toBe('queued')
  expect(await driver.claim()).toMatchObject({
    state: 'run',
    send: { message: { text: { body: 'Ana here' } } },
  })
  await pool.query("UPDATE conversations SET last_message_at = now() - interval '25 hours' WHERE id = $1", [
    driver.conversationId,
  ])
  expect(await write()).toBe('closed')
})
