import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { freshDatabase } from '@waybill/test-kit'
import pg from 'pg'
import { authenticate } from '../src/authenticate.ts'
import { claimTurn, commitTurn, failTurn, type TurnRecord } from '../src/inbound-lane.ts'
import { renewLane, strandedLanes } from '../src/lanes.ts'
import { type MessageRow, recordWebhooks } from '../src/record-webhooks.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let pool: pg.Pool
let lastUs = 1_700_000_000_000_000

beforeAll(async () => {
  database = await freshDatabase()
  pool = new pg.Pool({ connectionString: database.url })
})
afterAll(async () => {
  await pool.end()
  await database[Symbol.asyncDispose]()
})

const lease = { ttlMs: 15_000, attemptsMax: 5 }
const A = { ...lease, owner: 'assistant-a' }
const B = { ...lease, owner: 'assistant-b' }

function messageFrom(phone: string, override: Partial<MessageRow> = {}): MessageRow {
  lastUs += 10
  return {
    wamid: `wamid.${randomUUID()}`,
    phone_number_id: '106540352242922',
    phone,
    wa_id: phone,
    user_id: undefined,
    kind: 'text',
    body: { text: { body: 'hello' } },
    sent_at: '2026-11-23T08:00:00.000Z',
    received_us: lastUs,
    position: 0,
    ...override,
  }
}

function turn(wamids: string[], texts: string[]): TurnRecord {
  return {
    id: randomUUID(),
    driverId: undefined,
    wamids,
    session: {},
    replies: texts.map((body) => ({ message: { type: 'text', text: { body } } })),
    commands: [],
    audit: [],
    modelCalls: [],
  }
}

async function record(...messages: MessageRow[]) {
  return recordWebhooks(pool, { messages, receipts: [], events: [] })
}

async function replies(conversationId: string): Promise<string[]> {
  const { rows } = await pool.query<{ body: string }>(
    `SELECT message #>> '{text,body}' AS body FROM outbound WHERE conversation_id = $1 ORDER BY seq`,
    [conversationId],
  )
  return rows.map((row) => row.body)
}

describe('recording', () => {
  it('P2: keeps a message once however often it arrives, and wakes its conversation every time (users: once)', async () => {
    const message = messageFrom('15550100001')
    const first = await record(message)
    const again = await record(message, { ...message, received_us: message.received_us + 5 })
    expect(again).toEqual(first)
    const { rows } = await pool.query('SELECT 1 FROM inbound WHERE wamid = $1', [message.wamid])
    expect(rows).toHaveLength(1)
  })

  it('finds the conversation of a phone again when only the user id comes', async () => {
    const [both] = await record(messageFrom('15550100002', { user_id: 'US.2' }))
    const [alone] = await record(messageFrom('', { phone: undefined, wa_id: undefined, user_id: 'US.2' }))
    expect(alone).toEqual(both)
  })

  it('makes one conversation of first messages that arrive at the same moment (users: one-contact)', async () => {
    const phone = '15550100029'
    const messages = Array.from({ length: 12 }, () => messageFrom(phone, { user_id: 'US.29' }))
    await Promise.all(messages.map((message) => record(message)))
    const { rows } = await pool.query(
      'SELECT c.id, count(i.wamid)::int AS messages FROM conversations c JOIN inbound i ON i.conversation_id = c.id WHERE c.phone = $1 GROUP BY c.id',
      [phone],
    )
    expect(rows).toEqual([{ id: `106540352242922:${phone}`, messages: 12 }])
  })

  it('puts a user id without a phone and its phone into one conversation within a batch', async () => {
    const lanes = await record(
      messageFrom('', { phone: undefined, wa_id: undefined, user_id: 'US.3' }),
      messageFrom('15550100003', { user_id: 'US.3' }),
    )
    expect(lanes).toMatchObject([{ kind: 'inbound', conversationId: '106540352242922:15550100003' }])
  })

  it('wakes a conversation on behalf of its oldest message, and hands each out with what it is part of', async () => {
    const phone = '15550100047'
    const [first, second] = ['first', 'second'].map((name) =>
      messageFrom(phone, { traceparent: `trace-${name}`, correlation_id: `request-${name}` }),
    )
    if (!first || !second) throw new Error('two messages')
    const of = (name: string) => ({ traceparent: `trace-${name}`, correlationId: `request-${name}` })
    expect(await record(second, first)).toMatchObject([of('first')])
    const { work } = await claimTurn(pool, `106540352242922:${phone}`, { ...A, steal: false })
    expect(work).toMatchObject({ messages: [of('first'), of('second')] })
  })
})

describe('a turn', () => {
  it('P3: takes all that waits, in the order in which it was sent, then in which it arrived (users: in-order)', async () => {
    const [late, early] = [messageFrom('1', { sent_at: '2026-11-23T08:00:05Z' }), messageFrom('1')]
    const sameSecond = messageFrom('1')
    const [woken] = await record(late, sameSecond, early)
    const { work } = await claimTurn(pool, woken?.conversationId ?? '', { ...A, steal: false })
    expect(work).toMatchObject({
      state: 'run',
      messages: [early, sameSecond, late].map(({ wamid }) => ({ wamid })),
    })
  })

  it('is refused to a second worker while the first holds the lane', async () => {
    const [woken] = await record(messageFrom('2'))
    const conversationId = woken?.conversationId ?? ''
    await claimTurn(pool, conversationId, { ...A, steal: false })
    const second = await claimTurn(pool, conversationId, { ...B, steal: false })
    expect(second.work).toEqual({ state: 'busy' })
  })

  it('P2: of a worker that was taken over leaves nothing behind', async () => {
    const message = messageFrom('3')
    const [woken] = await record(message)
    const conversationId = woken?.conversationId ?? ''
    const a = await claimTurn(pool, conversationId, { ...A, steal: false })
    const b = await claimTurn(pool, conversationId, { ...B, steal: true })
    expect(await renewLane(pool, { kind: 'inbound', key: conversationId, epoch: a.epoch }, 15_000)).toBe(
      false,
    )

    const zombie = await commitTurn(pool, conversationId, {
      epoch: a.epoch,
      lease: A,
      turn: turn([message.wamid], ['A']),
    })
    const holder = await commitTurn(pool, conversationId, {
      epoch: b.epoch,
      lease: B,
      turn: turn([message.wamid], ['B']),
    })
    expect([zombie.state, holder.state]).toEqual(['fenced', 'released'])
    expect(await replies(conversationId)).toEqual(['B'])
  })

  it('P4: committed twice, because the first answer was lost, replies once', async () => {
    const message = messageFrom('4')
    const [woken] = await record(message)
    const conversationId = woken?.conversationId ?? ''
    const { epoch } = await claimTurn(pool, conversationId, { ...A, steal: false })
    const committed = turn([message.wamid], ['one', 'two'])
    await record(messageFrom('4'))
    await commitTurn(pool, conversationId, { epoch, lease: A, turn: committed })
    await commitTurn(pool, conversationId, { epoch, lease: A, turn: committed })
    expect(await replies(conversationId)).toEqual(['one', 'two'])
  })

  it('goes on with what came in while it ran', async () => {
    const [first, second] = [messageFrom('5'), messageFrom('5')]
    const [woken] = await record(first)
    const conversationId = woken?.conversationId ?? ''
    const { epoch } = await claimTurn(pool, conversationId, { ...A, steal: false })
    await record(second)
    const next = await commitTurn(pool, conversationId, { epoch, lease: A, turn: turn([first.wamid], ['x']) })
    expect(next).toMatchObject({ state: 'run', messages: [{ wamid: second.wamid }] })
  })

  it('P10: buries a message after its attempts, tells the driver, and lets the next one pass', async () => {
    const [poison, next] = [messageFrom('6'), messageFrom('6')]
    const [woken] = await record(poison, next)
    const conversationId = woken?.conversationId ?? ''
    const states: string[] = []
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const { epoch, work } = await claimTurn(pool, conversationId, { ...A, steal: false })
      if (work.state !== 'run') throw new Error(`attempt ${attempt} found the lane ${work.state}`)
      const [head, ...rest] = work.messages
      const failure = {
        turnId: randomUUID(),
        wamid: head.wamid,
        error: 'boom',
        backoffMs: 0,
        untried: rest.map(({ wamid }) => wamid),
        apology: { message: { type: 'text', text: { body: 'sorry' } } },
        modelCalls: [],
      }
      states.push(await failTurn(pool, conversationId, { epoch, attemptsMax: 5, failure }))
    }
    expect(states).toEqual(['retry', 'retry', 'retry', 'retry', 'dead'])
    expect(await replies(conversationId)).toEqual(['sorry'])
    const { work } = await claimTurn(pool, conversationId, { ...A, steal: false })
    expect(work).toMatchObject({ state: 'run', messages: [{ wamid: next.wamid, attempts: 1 }] })
  })

  it('tells of a message whose workers died one after the other', async () => {
    const [woken] = await record(messageFrom('7'))
    const states: string[] = []
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      const { work } = await claimTurn(pool, woken?.conversationId ?? '', { ...A, steal: true })
      states.push(work.state)
    }
    expect(states).toEqual(['run', 'run', 'run', 'run', 'run', 'exhausted'])
  })

  it('that nobody is on is found by the sweeper, one that somebody is on is not', async () => {
    const [idle] = await record(messageFrom('8'))
    const [held] = await record(messageFrom('9'))
    await claimTurn(pool, held?.conversationId ?? '', { ...A, steal: false })
    const keys = (await strandedLanes(pool, { graceMs: 0, limit: 100 })).map(({ key }) => key)
    expect(keys).toContain(idle?.conversationId)
    expect(keys).not.toContain(held?.conversationId)
  })
})

describe('authentication', () => {
  beforeAll(async () => {
    await pool.query(
      `INSERT INTO drivers (id, name, time_zone) VALUES ('d1', 'Ana', 'UTC'), ('d2', 'Bo', 'UTC')`,
    )
    await pool.query(
      `INSERT INTO identities (kind, value, driver_id) VALUES ('phone', '4411', 'd1'), ('phone', '4422', 'd2')`,
    )
  })

  it('knows a driver by phone, and by user id once the two came together', async () => {
    const [both] = await record(messageFrom('4411', { user_id: 'GB.1' }))
    expect(await authenticate(pool, both?.conversationId ?? '')).toMatchObject({
      identity: 'known',
      driver: { id: 'd1' },
    })
    const { rows } = await pool.query(`SELECT driver_id FROM identities WHERE value = 'GB.1'`)
    expect(rows).toEqual([{ driver_id: 'd1' }])
  })

  it('locks a person whose phone and user id belong to two drivers', async () => {
    await pool.query(`INSERT INTO identities (kind, value, driver_id) VALUES ('user_id', 'GB.2', 'd1')`)
    const [woken] = await record(messageFrom('4422', { user_id: 'GB.2' }))
    expect(await authenticate(pool, woken?.conversationId ?? '')).toMatchObject({ identity: 'locked' })
  })

  it('does not know a stranger', async () => {
    const [woken] = await record(messageFrom('4433'))
    expect(await authenticate(pool, woken?.conversationId ?? '')).toMatchObject({
      identity: 'unknown',
      hasPhone: true,
    })
  })
})
