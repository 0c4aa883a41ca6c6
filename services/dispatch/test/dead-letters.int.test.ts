import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  conversationReady,
  dispatchNoticeRaised,
  orderEventReceived,
  QUEUES,
  type QueueContract,
  webhookReceived,
} from '@waybill/contracts'
import { createPool, forgetDeadLetters, type Pool, recordWebhooks } from '@waybill/database'
import { connectMessaging, type Messaging } from '@waybill/messaging'
import { createRegistry, type OpsServer } from '@waybill/service-kit'
import { eventually, freshDatabase, freshVhost } from '@waybill/test-kit'
import { pino } from 'pino'
import { z } from 'zod'
import { collectDeadLetters } from '../src/dead-letters/collect-dead-letters.ts'
import { exposeDeadLetters } from '../src/dead-letters/expose-dead-letters.ts'
import { serveAdmin, TOKEN } from './serve-admin.ts'

const PHONE = '12125550101'
const log = pino({ level: 'silent' })
const opened = new AsyncDisposableStack()
const registry = createRegistry({ service: 'dispatch', instance: 'test' })
let pool: Pool
let messaging: Messaging
let server: OpsServer
/** What came back to the queues, by their names. */
const worked = new Map<string, string[]>()

beforeAll(async () => {
  const [database, vhost] = await Promise.all([freshDatabase(), freshVhost()])
  opened.use(database)
  opened.use(vhost)
  const options = { url: database.url, name: 'test', connectionsMax: 3, registry, log }
  pool = opened.adopt(createPool(options), (it) => it.end())
  messaging = opened.use(
    await connectMessaging({ ...{ url: vhost.url, name: 'test', log, registry }, contracts: QUEUES }),
  )
  for (const contract of QUEUES) {
    await messaging.consumeBatch(contract, { batchMax: 10, waitMs: 1 }, async (batch) => {
      const bodies = batch.map(({ body }) => body.toString())
      worked.set(contract.queue, [...(worked.get(contract.queue) ?? []), ...bodies])
    })
  }
  exposeDeadLetters({ pool, registry, onError: () => {} })
  await collectDeadLetters({ pool, messaging })
  server = opened.use(await serveAdmin({ pool, messaging }))
}, 30_000)
afterAll(() => opened.disposeAsync())

const answerSchema = z.looseObject({
  letters: z.array(z.looseObject({ id: z.string(), queue: z.string(), deaths: z.number() })).default([]),
  settled: z.array(z.string()).default([]),
  left: z.number().optional(),
  error: z.string().optional(),
  payload: z.unknown().optional(),
})

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.url}/admin/dead-letters${path}`, {
    method,
    headers: {
      ...{ authorization: `Bearer ${TOKEN}`, 'x-operator': 'Ana' },
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, json: answerSchema.parse(await response.json()) }
}

/** Something dies, and is here; returns how it is called. */
async function dead(
  contract: QueueContract,
  payload: unknown,
  error = 'because',
  messageId: string = randomUUID(),
) {
  await messaging.deadLetter(contract, Buffer.from(JSON.stringify(payload)), error, { messageId })
  return eventually(
    async () => {
      const { rows } = await pool.query<{ id: string }>(
        `SELECT id FROM dead_letters WHERE message_id = $1 AND state = 'open'`,
        [messageId],
      )
      return rows[0]?.id
    },
    { what: `a letter of ${contract.queue} to be collected` },
  )
}

const workedIn = (contract: QueueContract, payload: unknown) =>
  (worked.get(contract.queue) ?? []).filter((body) => body === JSON.stringify(payload)).length

async function untilWorked(contract: QueueContract, payload: unknown, times: number) {
  await eventually(() => workedIn(contract, payload) === times, {
    what: `${contract.queue} to be worked on ${times} times`,
  })
}

const actionsOn = async (id: string) =>
  (
    await pool.query<{ action: string; by: string }>(
      `SELECT action, detail ->> 'by' AS by FROM audit WHERE detail ->> 'id' = $1 ORDER BY id`,
      [id],
    )
  ).rows

/** A message that could not be answered five times. */
async function deadMessage(): Promise<{ wamid: string; conversationId: string }> {
  const wamid = randomUUID()
  const phone = String(Math.floor(Math.random() * 1e12)).padStart(12, '1')
  const sentAt = new Date().toISOString()
  const message = {
    ...{ wamid, phone_number_id: '1', phone, wa_id: phone, user_id: undefined },
    ...{ kind: 'text', body: {}, received_us: 1, position: 0, sent_at: sentAt },
  }
  await recordWebhooks(pool, { messages: [message], receipts: [], events: [] })
  await pool.query(`UPDATE inbound SET status = 'dead', attempts = 5, turn_id = $2 WHERE wamid = $1`, [
    wamid,
    randomUUID(),
  ])
  return { wamid, conversationId: `1:${phone}` }
}

describe('what was set aside', () => {
  it('is listed with reason, attempts, first and last failure, and counted for Prometheus', async () => {
    const id = await dead(webhookReceived, { from: PHONE }, 'message: id is missing')
    const { json } = await ask('GET', '?error=id%20is%20missing')
    expect(json.letters).toEqual([
      {
        ...{ id, queue: webhookReceived.queue, reason: 'set aside', error: 'message: id is missing' },
        ...{ attempts: 1, deaths: 1, state: 'open', settledAt: null, settledBy: null },
        ...{ firstFailedAt: expect.any(String), diedAt: expect.any(String) },
      },
    ])
    expect(await registry.getSingleMetricAsString('waybill_dead_letters')).toMatch(
      /waybill_dead_letters\{queue="intake.webhook-received"[^}]*\} [1-9]/,
    )
  })

  it('is shown without what is personal, unless somebody asks for it, who is put on record', async () => {
    const id = await dead(webhookReceived, { from: PHONE, type: 'text' }, `refused: ${PHONE}`)
    const masked = await ask('GET', `/${id}`)
    expect(JSON.stringify(masked.json)).not.toContain(PHONE)
    expect(masked.json.payload).toEqual({
      from: expect.stringMatching(/^‹id [0-9a-f]{8}›$/),
      type: 'text',
    })
    expect(await actionsOn(id)).toEqual([])

    expect((await ask('GET', `/${id}?reveal=true`, undefined, { 'x-operator': '' })).status).toBe(400)
    expect((await ask('GET', `/${id}?reveal=true`)).json.payload).toEqual({ from: PHONE, type: 'text' })
    expect(await actionsOn(id)).toEqual([{ action: 'dead-letter.revealed', by: 'Ana' }])
  })

  it('is one letter however often it dies', async () => {
    const messageId = randomUUID()
    const id = await dead(orderEventReceived, { id: messageId }, 'first', messageId)
    await messaging.deadLetter(orderEventReceived, Buffer.from('{}'), 'second', { messageId })
    await eventually(async () => (await ask('GET', '?error=second')).json.letters[0]?.deaths === 2, {
      what: 'the second death',
    })
    expect((await ask('GET', '?error=second')).json.letters.map((letter) => letter.id)).toEqual([id])
  })

  it('is collected whatever its error quotes, and holds none up that come after it', async () => {
    const id = await dead(webhookReceived, { n: 1 }, 'can not read "\0\ud800"')
    expect(JSON.stringify((await ask('GET', `/${id}`)).json)).toContain('can not read')
    await dead(webhookReceived, { n: 2 })
  })

  it('dies again also by the clock of a machine that is behind', async () => {
    const messageId = randomUUID()
    const id = await dead(orderEventReceived, { id: messageId }, 'first', messageId)
    await ask('POST', '/replay', { ids: [id] })
    await pool.query(`UPDATE dead_letters SET died_at = died_at + interval '1 hour' WHERE id = $1`, [id])
    expect(await dead(orderEventReceived, { id: messageId }, 'second', messageId)).toBe(id)
  })

  it('can be looked at, however deep somebody has nested it', async () => {
    const messageId = randomUUID()
    const deep = Buffer.from(`${'['.repeat(50_000)}${']'.repeat(50_000)}`)
    await messaging.deadLetter(webhookReceived, deep, 'nested too deep', { messageId })
    const id = await dead(webhookReceived, { after: 'it' })
    const { letters } = (await ask('GET', '?error=nested%20too%20deep')).json
    expect((await ask('GET', `/${letters[0]?.id}`)).status).toBe(200)
    expect((await ask('GET', `/${letters[0]?.id}?reveal=true`)).status).toBe(200)
    expect((await ask('GET', `/${id}`)).status).toBe(200)
  })

  it('is forgotten some time after it was settled, and never while it is open', async () => {
    const [settled, open] = [await dead(webhookReceived, { n: 1 }), await dead(webhookReceived, { n: 2 })]
    await ask('POST', '/replay', { ids: [settled] })
    await pool.query(`UPDATE dead_letters SET settled_at = now() - interval '2 minutes' WHERE id = $1`, [
      settled,
    ])
    expect(await forgetDeadLetters(pool, 180_000)).toBe(0)
    expect(await forgetDeadLetters(pool, 60_000)).toBe(1)
    expect([(await ask('GET', `/${settled}`)).status, (await ask('GET', `/${open}`)).status]).toEqual([
      404, 200,
    ])
  })

  it('can be dropped, once, on record', async () => {
    const id = await dead(orderEventReceived, { id: 'x' })
    expect((await ask('POST', '/drop', { ids: [id] })).json.settled).toEqual([id])
    expect((await ask('POST', '/drop', { ids: [id] })).json.settled).toEqual([])
    expect((await ask('POST', '/replay', { ids: [id] })).json.settled).toEqual([])
    expect((await ask('GET', `/${id}?reveal=true`)).json.payload).toBeNull()
    expect(await actionsOn(id)).toEqual([
      { action: 'dead-letter.dropped', by: 'Ana' },
      { action: 'dead-letter.revealed', by: 'Ana' },
    ])
  })
})

describe('a replay', () => {
  it.each(QUEUES.map((contract) => [contract.queue, contract] as const))(
    'of %s goes back to where it came from, and twice does no harm',
    async (_queue, contract) => {
      const payload = { some: randomUUID() }
      const id = await dead(contract, payload)
      expect((await ask('POST', '/replay', { ids: [id] })).json).toMatchObject({ settled: [id], left: 0 })
      await untilWorked(contract, payload, 1)
      expect((await ask('POST', '/replay', { ids: [id] })).json.settled).toEqual([])
      expect(workedIn(contract, payload)).toBe(1)
      expect(await actionsOn(id)).toEqual([{ action: 'dead-letter.replayed', by: 'Ana' }])
    },
  )

  it('of a message that was given up lets it wait again, and wakes its conversation', async () => {
    const { wamid, conversationId } = await deadMessage()
    const id = await dead(conversationReady, { conversationId, wamid }, 'boom', wamid)
    await ask('POST', '/replay', { ids: [id] })
    await untilWorked(conversationReady, { conversationId }, 1)
    const { rows } = await pool.query('SELECT status, attempts, turn_id FROM inbound WHERE wamid = $1', [
      wamid,
    ])
    expect(rows).toEqual([{ status: 'waiting', attempts: 0, turn_id: null }])
  })

  it('S32: of a message that was answered meanwhile leaves it alone', async () => {
    const { wamid, conversationId } = await deadMessage()
    const id = await dead(conversationReady, { conversationId, wamid }, 'boom', wamid)
    await pool.query(`UPDATE inbound SET status = 'answered' WHERE wamid = $1`, [wamid])
    expect((await ask('POST', '/replay', { ids: [id] })).json.settled).toEqual([id])
    expect(workedIn(conversationReady, { conversationId })).toBe(0)
  })

  it('of a notice that was given up has it told again, once', async () => {
    const noticeId = randomUUID()
    await pool.query(
      `INSERT INTO dispatch_notices (id, kind, text, state, attempts) VALUES ($1, 'help', 'x', 'dead', 16)`,
      [noticeId],
    )
    const id = await dead(dispatchNoticeRaised, { noticeId }, 'webhook: 500', noticeId)
    await ask('POST', '/replay', { ids: [id] })
    await untilWorked(dispatchNoticeRaised, { noticeId }, 1)
    const { rows } = await pool.query('SELECT state, attempts FROM dispatch_notices WHERE id = $1', [
      noticeId,
    ])
    expect(rows).toEqual([{ state: 'pending', attempts: 0 }])
  })

  it('S32: that ended between the broker and the record is repeated, and revives nothing twice', async () => {
    const { wamid, conversationId } = await deadMessage()
    const id = await dead(conversationReady, { conversationId, wamid }, 'boom', wamid)
    await pool.query('SELECT revive_message($1)', [wamid])
    await messaging.publish(conversationReady, { conversationId })
    await untilWorked(conversationReady, { conversationId }, 1)
    expect((await ask('POST', '/replay', { ids: [id] })).json.settled).toEqual([id])
    expect(workedIn(conversationReady, { conversationId })).toBe(1)
  })

  it('of one that dies again opens it again', async () => {
    const messageId = randomUUID()
    const id = await dead(orderEventReceived, { id: messageId }, 'first', messageId)
    await ask('POST', '/replay', { ids: [id] })
    expect(await dead(orderEventReceived, { id: messageId }, 'again', messageId)).toBe(id)
  })

  it('takes what matches, as many as are asked for, the oldest first', async () => {
    const error = `because of ${randomUUID().replaceAll(/\d/g, 'x')}`
    const ids = [
      await dead(webhookReceived, { n: 1 }, error),
      await dead(orderEventReceived, { n: 2 }, error),
    ]
    const since = new Date(Date.now() - 60_000).toISOString()
    expect((await ask('POST', '/replay', { error, until: since })).json).toMatchObject({
      settled: [],
      left: 0,
    })
    expect((await ask('POST', '/replay', { error, since, limit: 1 })).json).toMatchObject({
      settled: ids.slice(0, 1),
      left: 1,
    })
    expect((await ask('POST', '/replay', { error, queue: orderEventReceived.queue })).json.settled).toEqual(
      ids.slice(1),
    )
  })
})

describe('the door', () => {
  it.each([
    ['no token', 401, () => ask('GET', '', undefined, { authorization: '' })],
    ['a replay of nothing in particular', 400, () => ask('POST', '/replay', {})],
    ['a replay by nobody', 400, () => ask('POST', '/replay', { all: true }, { 'x-operator': '' })],
    [
      'a payload in place of its own',
      400,
      () => ask('POST', '/replay', { ids: ['1'], body: '{}', payload: {} }),
    ],
    ['a letter to be changed', 404, () => ask('PUT', '/1', { body: '{}' })],
    ['a filter that there is not', 400, () => ask('POST', '/drop', { everything: true })],
    ['a time that is none', 400, () => ask('GET', '?since=yesterday')],
    ['an id that is none', 400, () => ask('GET', '/1;DROP')],
    ['an id that nobody has', 404, () => ask('GET', '/999999999')],
  ])('S32: refuses %s', async (_what, status, asked) => {
    expect((await asked()).status).toBe(status)
  })
})
