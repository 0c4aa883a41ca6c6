import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { freshDatabase } from '@waybill/test-kit'
import pg from 'pg'
import { askCheckIn, type CheckIn, dueCheckIns, endCheckIn, readCheckIn } from '../src/check-ins.ts'
import { claimTurn, commitTurn, type TurnRecord } from '../src/inbound-lane.ts'
import { recordWebhooks } from '../src/record-webhooks.ts'
import { addDriver } from './add-driver.ts'

const NUMBER = '106540352242922'
const lease = { owner: 'assistant-a', ttlMs: 15_000, attemptsMax: 5 }

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
const read = (checkIn: CheckIn, time: string) =>
  readCheckIn(pool, checkIn, { now: new Date(time), phoneNumberId: NUMBER })
const rowOf = async ({ driverId, date }: CheckIn) =>
  (await pool.query('SELECT * FROM check_ins WHERE driver_id = $1 AND date = $2', [driverId, date])).rows[0]

async function askAt(checkIn: CheckIn, time: string, step: 'ask' | 'remind' = 'ask') {
  const found = await read(checkIn, time)
  if (!found?.conversation) throw new Error('nothing to ask')
  const turnId = randomUUID()
  const state = await askCheckIn(pool, {
    ...checkIn,
    ...{ step, phoneNumberId: NUMBER, conversation: found.conversation, turnId },
    ...{ session: { turnId }, message: { type: 'text', text: { body: 'Good morning' } } },
    ...{ templates: [], againMs: 3_600_000 },
  })
  return { state, turnId, conversation: found.conversation }
}

describe('what is to be done', () => {
  it('catches up until eleven, and leaves it to dispatch after that', async () => {
    const { id } = await driverIn('America/New_York')
    await dueAt('2026-01-15T14:00:00Z', id)
    const checkIn = { driverId: id, date: '2026-01-15' }
    expect(await read(checkIn, '2026-01-15T15:59:59Z')).toMatchObject({ step: 'ask', driver: { id } })
    expect(await read(checkIn, '2026-01-15T16:00:00Z')).toMatchObject({ step: 'miss' })
    expect(await read(checkIn, '2026-01-16T14:30:00Z')).toMatchObject({ step: 'expire' })
  })

  it('asks in a turn of its own, reminds once, then raises it', async () => {
    const { id, phone } = await driverIn('America/New_York', { check_in_until: '23:00' })
    const checkIn = { driverId: id, date: new Date().toISOString().slice(0, 10) }
    const now = `${checkIn.date}T14:00:00Z`
    await dueAt(now, id)
    const { state, turnId, conversation } = await askAt(checkIn, now)
    expect({ state, conversation }).toMatchObject({
      state: 'asked',
      conversation: { id: `${NUMBER}:${phone}`, lastTurnId: null },
    })
    const { rows } = await pool.query(
      `SELECT o.priority, c.last_turn_id, t.session FROM outbound o JOIN conversations c ON c.id = o.conversation_id
       JOIN turns t ON t.id = o.turn_id WHERE o.turn_id = $1`,
      [turnId],
    )
    expect(rows).toEqual([{ priority: 'broadcast', last_turn_id: turnId, session: { turnId } }])
    expect(await read(checkIn, new Date().toISOString())).toBeUndefined()

    await pool.query(`UPDATE check_ins SET act_at = $2 WHERE driver_id = $1`, [id, now])
    expect(await read(checkIn, now)).toMatchObject({ step: 'remind', conversation: { lastTurnId: turnId } })
    expect(await askAt(checkIn, now, 'remind')).toMatchObject({ state: 'asked' })
    await pool.query(`UPDATE check_ins SET act_at = $2 WHERE driver_id = $1`, [id, now])
    expect(await read(checkIn, now)).toMatchObject({ step: 'raise' })
    const notice = {
      id: randomUUID(),
      kind: 'check-in-unanswered',
      priority: 'high',
      text: 'no answer',
    } as const
    expect(await endCheckIn(pool, checkIn, { state: 'unanswered', notices: [notice] })).toBe(true)
    expect(await endCheckIn(pool, checkIn, { state: 'unanswered', notices: [notice] })).toBe(false)
  })

  it('asks once, also when several workers try at the same time', async () => {
    const { id } = await driverIn('America/New_York')
    await dueAt('2026-01-15T14:00:00Z', id)
    const checkIn = { driverId: id, date: '2026-01-15' }
    const found = await read(checkIn, '2026-01-15T14:00:00Z')
    if (!found?.conversation) throw new Error('nothing to ask')
    const { conversation } = found
    const states = await Promise.all(
      Array.from({ length: 6 }, () =>
        askCheckIn(pool, {
          ...checkIn,
          ...{ step: 'ask', phoneNumberId: NUMBER, conversation, turnId: randomUUID() },
          ...{ session: {}, message: { type: 'text' }, templates: [], againMs: 1_000 },
        }),
      ),
    )
    expect(states.filter((state) => state === 'asked')).toHaveLength(1)
    const { rows } = await pool.query('SELECT 1 FROM outbound WHERE conversation_id = $1', [conversation.id])
    expect(rows).toHaveLength(1)
  })

  it('waits for a turn that is under way, and is not overwritten by one that has lost its lane', async () => {
    const { id, phone } = await driverIn('America/New_York')
    await dueAt('2026-01-15T14:00:00Z', id)
    const checkIn = { driverId: id, date: '2026-01-15' }
    const wamid = `wamid.${randomUUID()}`
    const message = { wamid, phone_number_id: NUMBER, phone, wa_id: phone, user_id: undefined, kind: 'text' }
    const times = { sent_at: new Date().toISOString(), received_us: 1, position: 0 }
    await recordWebhooks(pool, { messages: [{ ...message, ...times, body: {} }], receipts: [], events: [] })
    expect(await askAt(checkIn, '2026-01-15T14:00:00Z')).toMatchObject({ state: 'busy' })

    const conversationId = `${NUMBER}:${phone}`
    const { epoch } = await claimTurn(pool, conversationId, { ...lease, steal: false })
    expect(await askAt(checkIn, '2026-01-15T14:00:00Z')).toMatchObject({ state: 'busy' })
    const turn: TurnRecord = {
      ...{ id: randomUUID(), driverId: id, wamids: [wamid], session: {}, replies: [] },
      ...{ commands: [], audit: [], modelCalls: [] },
    }
    await commitTurn(pool, conversationId, { epoch, lease, turn })
    expect(await askAt(checkIn, '2026-01-15T14:00:00Z')).toMatchObject({ state: 'asked' })
    const late = { ...turn, id: randomUUID() }
    expect(await commitTurn(pool, conversationId, { epoch, lease, turn: late })).toEqual({ state: 'fenced' })
    expect(await rowOf(checkIn)).toMatchObject({ state: 'asked' })
  })

  it('is not asked who has decided before', async () => {
    const { id } = await driverIn('America/New_York')
    await pool.query(`SELECT answer_check_in($1, '2026-01-15', 'accepted')`, [id])
    expect(await dueAt('2026-01-15T14:00:00Z', id)).toEqual([])
  })

  it('writes to nobody whose identity dispatch has yet to confirm', async () => {
    const { id } = await driverIn('America/New_York')
    await pool.query(`UPDATE identities SET locked_reason = 'changed' WHERE driver_id = $1`, [id])
    await dueAt('2026-01-15T14:00:00Z', id)
    expect(await read({ driverId: id, date: '2026-01-15' }, '2026-01-15T14:00:00Z')).toMatchObject({
      conversation: null,
    })
  })
})
