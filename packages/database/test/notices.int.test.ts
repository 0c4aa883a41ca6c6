import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { freshDatabase } from '@waybill/test-kit'
import pg from 'pg'
import { claimCommand } from '../src/command-lane.ts'
import { claimTurn, commitTurn, type TurnRecord } from '../src/inbound-lane.ts'
import { strandedLanes } from '../src/lanes.ts'
import { claimNotice, type NewNotice, settleNotice, strandedNotices } from '../src/notices.ts'
import { recordWebhooks } from '../src/record-webhooks.ts'

const NUMBER = '106540352242922'
const lease = { owner: 'assistant-a', ttlMs: 15_000, attemptsMax: 5 }
const HELD_MS = 60_000

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

/** Commits a turn of a driver, and returns his id. */
async function commit(effects: Partial<TurnRecord>, driverId: string = randomUUID()): Promise<string> {
  const wamid = `wamid.${randomUUID()}`
  const who = { phone_number_id: NUMBER, phone: driverId, wa_id: driverId, user_id: undefined }
  const when = { sent_at: new Date().toISOString(), received_us: 1, position: 0 }
  const message = { wamid, ...who, kind: 'text', body: {}, ...when }
  await recordWebhooks(pool, { messages: [message], receipts: [], events: [] })
  await pool.query(
    `INSERT INTO drivers (id, name, time_zone) VALUES ($1, 'Ana', 'UTC') ON CONFLICT DO NOTHING`,
    [driverId],
  )
  const conversationId = `${NUMBER}:${driverId}`
  const { epoch } = await claimTurn(pool, conversationId, { ...lease, steal: true })
  const turn = { id: randomUUID(), driverId, wamids: [wamid], session: {}, replies: [] }
  await commitTurn(pool, conversationId, {
    ...{ epoch, lease },
    turn: { ...turn, commands: [], audit: [], modelCalls: [], ...effects },
  })
  return driverId
}

function notice(delayMs = 0): NewNotice {
  const what = { kind: 'declined', priority: 'high', text: 'can not drive', reason: 'flat tyre' } as const
  return { id: randomUUID(), ...what, delayMs }
}
const stateOf = async (id: string) =>
  (await pool.query<{ state: string }>('SELECT state FROM dispatch_notices WHERE id = $1', [id])).rows[0]
    ?.state
const heldUntilNow = (id: string) =>
  pool.query('UPDATE dispatch_notices SET not_before = clock_timestamp() WHERE id = $1', [id])

describe('a notice', () => {
  it('is written with its turn, and told to one', async () => {
    const raised = notice()
    const driverId = await commit({ notices: [raised] })
    const [first, second] = await Promise.all([
      claimNotice(pool, raised.id, 30_000),
      claimNotice(pool, raised.id, 30_000),
    ])
    expect([first, second].filter((it) => it !== undefined)).toEqual([
      {
        ...{ id: raised.id, kind: 'declined', priority: 'high', driverId, driverName: 'Ana' },
        ...{ text: 'can not drive', reason: 'flat tyre', told: [], attempts: 1 },
      },
    ])
    expect(
      await settleNotice(pool, { id: raised.id, attempts: 1 }, { kind: 'sent', told: ['webhook'] }),
    ).toBe(true)
    expect(await claimNotice(pool, raised.id, 30_000)).toBeUndefined()
    expect(await stateOf(raised.id)).toBe('sent')
  })

  it('that is held is not told before its time, and found when it has come', async () => {
    const raised = notice(HELD_MS)
    await commit({ notices: [raised] })
    expect(await claimNotice(pool, raised.id, 30_000)).toBeUndefined()
    expect(await strandedNotices(pool, { graceMs: 0, limit: 100 })).not.toContain(raised.id)
    await heldUntilNow(raised.id)
    expect(await strandedNotices(pool, { graceMs: 0, limit: 100 })).toContain(raised.id)
    expect(await claimNotice(pool, raised.id, 30_000)).toMatchObject({ id: raised.id })
  })

  it('comes back after a failure without the channels that have it', async () => {
    const raised = notice()
    await commit({ notices: [raised] })
    await claimNotice(pool, raised.id, 30_000)
    const outcome = { kind: 'retry', told: ['email'], error: 'down', delayMs: 0 } as const
    await settleNotice(pool, { id: raised.id, attempts: 1 }, outcome)
    expect(await claimNotice(pool, raised.id, 30_000)).toMatchObject({ told: ['email'], attempts: 2 })
    // Whoever had the first attempt can no longer say anything.
    expect(await settleNotice(pool, { id: raised.id, attempts: 1 }, { kind: 'sent', told: [] })).toBe(false)
  })

  it('waits for an earlier one of the same driver', async () => {
    const [earlier, later] = [notice(HELD_MS), notice()]
    const driverId = await commit({ notices: [earlier] })
    await commit({ notices: [later] }, driverId)
    expect(await claimNotice(pool, later.id, 30_000)).toBeUndefined()
    await heldUntilNow(earlier.id)
    await claimNotice(pool, earlier.id, 30_000)
    await settleNotice(pool, { id: earlier.id, attempts: 1 }, { kind: 'dead', told: [], error: 'gone' })
    expect(await claimNotice(pool, later.id, 30_000)).toMatchObject({ id: later.id })
  })
})

describe('what is held', () => {
  const decline = () => ({ id: randomUUID(), kind: 'decline-route', payload: {}, delayMs: HELD_MS })

  it('is taken back as if it had never been', async () => {
    const [raised, command] = [notice(HELD_MS), decline()]
    const driverId = await commit({ notices: [raised], commands: [command] })
    const held = await claimCommand(pool, driverId, { owner: 'a', ttlMs: 15_000, steal: false })
    expect(held.work).toEqual({ state: 'later' })
    const accept = { id: randomUUID(), kind: 'accept-route', payload: {} }
    await commit({ withdraws: [raised.id, command.id], commands: [accept] }, driverId)
    expect(await stateOf(raised.id)).toBe('withdrawn')
    const { work } = await claimCommand(pool, driverId, { owner: 'a', ttlMs: 15_000, steal: false })
    expect(work).toMatchObject({ state: 'run', command: { id: accept.id } })
  })

  it('is not overtaken, and is not left lying when its time has come', async () => {
    const command = decline()
    const driverId = await commit({ commands: [command] })
    await commit({ commands: [{ id: randomUUID(), kind: 'confirm-order', payload: {} }] }, driverId)
    const claim = () => claimCommand(pool, driverId, { owner: 'a', ttlMs: 15_000, steal: false })
    expect((await claim()).work).toEqual({ state: 'later' })
    await pool.query('UPDATE order_commands SET not_before = now() WHERE id = $1', [command.id])
    await pool.query(`UPDATE lanes SET not_before = now() WHERE key = $1`, [driverId])
    expect(await strandedLanes(pool, { graceMs: 0, limit: 100 })).toContainEqual({
      ...{ kind: 'order-commands', key: driverId, isBroadcast: false },
    })
    expect((await claim()).work).toMatchObject({ state: 'run', command: { id: command.id } })
  })

  it('can not be taken back when it has gone out: the turn leaves nothing behind', async () => {
    const [raised, command] = [notice(HELD_MS), decline()]
    const driverId = await commit({ notices: [raised], commands: [command] })
    await heldUntilNow(raised.id)
    await claimNotice(pool, raised.id, 30_000)
    await expect(commit({ withdraws: [raised.id, command.id] }, driverId)).rejects.toThrow(
      'too late to withdraw',
    )
    const { rows } = await pool.query(`SELECT state FROM order_commands WHERE id = $1`, [command.id])
    expect(rows).toEqual([{ state: 'pending' }])
  })

  it("P7: is never another driver's", async () => {
    const raised = notice(HELD_MS)
    await commit({ notices: [raised] })
    await expect(commit({ withdraws: [raised.id] })).rejects.toThrow('too late to withdraw')
  })
})

describe('the check-in of the day', () => {
  it('is answered with the turn, and open again when that is taken back', async () => {
    const driverId = await commit({ checkIn: { date: '2026-11-23', state: 'declined' } })
    await commit({ checkIn: { date: '2026-11-23', state: 'asked' } }, driverId)
    const { rows } = await pool.query(
      'SELECT state, answered_at, act_at > now() AS again FROM check_ins WHERE driver_id = $1',
      [driverId],
    )
    expect(rows).toEqual([{ state: 'asked', answered_at: null, again: true }])
  })

  it('is news to dispatch when they were told that there is no answer', async () => {
    const driverId = await commit({ checkIn: { date: '2026-11-23', state: 'accepted' } })
    await pool.query(`UPDATE check_ins SET state = 'unanswered' WHERE driver_id = $1`, [driverId])
    for (const state of ['accepted', 'accepted'] as const)
      await commit({ checkIn: { date: '2026-11-23', state } }, driverId)
    const { rows } = await pool.query('SELECT kind FROM dispatch_notices WHERE driver_id = $1', [driverId])
    expect(rows).toEqual([{ kind: 'accepted-after-silence' }])
  })
})
