import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { conversationReady, outboundReady } from '@waybill/contracts'
import { createPool, type Pool, recordWebhooks } from '@waybill/database'
import { connectMessaging, type Messaging } from '@waybill/messaging'
import { createRegistry, type OpsServer } from '@waybill/service-kit'
import { eventually, freshDatabase, freshVhost } from '@waybill/test-kit'
import { pino } from 'pino'
import { z } from 'zod'
import { serveAdmin, TOKEN } from './serve-admin.ts'

const log = pino({ level: 'silent' })
const opened = new AsyncDisposableStack()
let pool: Pool
let messaging: Messaging
let server: OpsServer
const hinted: string[] = []

beforeAll(async () => {
  const [database, vhost] = await Promise.all([freshDatabase(), freshVhost()])
  opened.use(database)
  opened.use(vhost)
  const registry = createRegistry({ service: 'dispatch', instance: 'test' })
  const options = { url: database.url, name: 'test', connectionsMax: 3, registry, log }
  pool = opened.adopt(createPool(options), (it) => it.end())
  messaging = opened.use(
    await connectMessaging({
      ...{ url: vhost.url, name: 'test', log, contracts: [conversationReady, outboundReady] },
      registry,
    }),
  )
  await messaging.consume(outboundReady, { concurrency: 1 }, async ({ payload }) => {
    hinted.push(payload.conversationId)
  })
  server = opened.use(await serveAdmin({ pool, messaging }))
}, 30_000)
afterAll(() => opened.disposeAsync())

const answerSchema = z.looseObject({
  until: z.string().default(''),
  waiting: z.array(z.unknown()).default([]),
})

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.url}/admin${path}`, {
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

/** A driver who wrote at a time. */
async function conversation(sentAt = Date.now()): Promise<string> {
  const phone = String(Math.floor(Math.random() * 1e12)).padStart(12, '1')
  const message = {
    ...{ wamid: randomUUID(), phone_number_id: '1', phone, wa_id: phone, user_id: undefined },
    ...{ kind: 'text', body: {}, received_us: 1, position: 0, sent_at: new Date(sentAt).toISOString() },
  }
  await recordWebhooks(pool, { messages: [message], receipts: [], events: [] })
  return `1:${phone}`
}
const path = (id: string, rest: string) => `/conversations/${encodeURIComponent(id)}/${rest}`
const audited = async (id: string) =>
  (
    await pool.query<{ action: string; by: string }>(
      `SELECT action, detail ->> 'by' AS by FROM audit WHERE conversation_id = $1 ORDER BY id`,
      [id],
    )
  ).rows

describe('who may use it', () => {
  it('S20: nobody without the token, whatever else they send', async () => {
    for (const authorization of ['', 'Bearer', `Bearer ${TOKEN}x`, `Basic ${TOKEN}`, TOKEN]) {
      expect((await ask('GET', '/help', undefined, { authorization })).status).toBe(401)
    }
    expect((await ask('GET', '/help')).status).toBe(200)
  })

  it('S20: nobody at all when there is no token', async () => {
    await using closed = await serveAdmin({ pool, messaging, token: undefined })
    const answer = await fetch(`${closed.url}/admin/help`, { headers: { authorization: 'Bearer undefined' } })
    expect(answer.status).toBe(404)
  })

  it('S20: nobody who does not say who he is, and nothing that it does not know', async () => {
    const id = await conversation()
    expect((await ask('PUT', path(id, 'takeover'), {}, { 'x-operator': ' ' })).status).toBe(400)
    expect(await ask('PUT', path(id, 'takeover'), { minutes: 0 })).toMatchObject({
      status: 400,
      json: { error: expect.stringContaining('minutes') },
    })
    expect(await audited(id)).toEqual([])
  })
})

describe('a takeover', () => {
  it('is set, extended and ended, with who did it', async () => {
    const id = await conversation()
    const first = await ask('PUT', path(id, 'takeover'), { minutes: 5 })
    const second = await ask('PUT', path(id, 'takeover'), { minutes: 60 })
    expect([first.status, second.status]).toEqual([200, 200])
    expect(Date.parse(second.json.until) - Date.parse(first.json.until)).toBeGreaterThan(54 * 60_000)
    expect((await ask('DELETE', path(id, 'takeover'))).status).toBe(200)
    expect((await ask('DELETE', path(id, 'takeover'))).status).toBe(404)
    expect(await audited(id)).toEqual([
      { action: 'takeover.set', by: 'Ana' },
      { action: 'takeover.set', by: 'Ana' },
      { action: 'takeover.ended', by: 'Ana' },
    ])
  })

  it('is of a conversation that there is', async () => {
    expect((await ask('PUT', path('1:nobody', 'takeover'), {})).status).toBe(404)
  })
})

describe('a driver', () => {
  const setStatus = (id: string, status: string) => ask('PUT', `/drivers/${id}/status`, { status })

  it('may write again when a person says so, which is on record', async () => {
    await pool.query(
      "INSERT INTO drivers (id, name, time_zone, status) VALUES ('d-1', 'Johan', 'UTC', 'suspended')",
    )
    expect((await setStatus('d-1', 'active')).status).toBe(200)
    const { rows } = await pool.query(
      `SELECT status, action, detail FROM drivers JOIN audit ON driver_id = drivers.id WHERE drivers.id = 'd-1'`,
    )
    expect(rows).toEqual([{ status: 'active', action: 'driver.active', detail: { by: 'Ana' } }])
  })

  it('is one that there is, in a state that there is', async () => {
    expect((await setStatus('d-2', 'active')).status).toBe(404)
    expect((await setStatus('d-1', 'asleep')).status).toBe(400)
  })
})

describe('a locked driver', () => {
  it('S33: is served again when a person has confirmed who it is, which is on record', async () => {
    const confirm = () => ask('DELETE', '/drivers/d-locked/lock')
    expect((await confirm()).status).toBe(404)
    await pool.query("INSERT INTO drivers (id, name, time_zone) VALUES ('d-locked', 'Johan', 'UTC')")
    await pool.query(
      `INSERT INTO identities (kind, value, driver_id, locked_reason) VALUES
         ('phone', '15550100033', 'd-locked', 'another user id'), ('user_id', 'US.old', 'd-locked', 'another user id')`,
    )
    expect((await confirm()).status).toBe(200)
    const { rows } = await pool.query(
      `SELECT value, locked_reason, a.action, a.detail FROM identities i JOIN audit a USING (driver_id)
       WHERE i.driver_id = 'd-locked'`,
    )
    const action = { action: 'driver.identity-confirmed', detail: { by: 'Ana' } }
    expect(rows).toEqual([{ value: '15550100033', locked_reason: null, ...action }])
  })
})

describe('a person writes', () => {
  it("once, through the conversation's own lane, and it is on record that a person wrote it", async () => {
    const id = await conversation()
    const key = { 'idempotency-key': randomUUID() }
    for (const _try of [1, 2]) {
      expect((await ask('POST', path(id, 'messages'), { text: 'I am on my way' }, key)).status).toBe(202)
    }
    const { rows } = await pool.query(
      'SELECT id, message, written_by, state FROM outbound WHERE conversation_id = $1',
      [id],
    )
    expect(rows).toEqual([
      {
        ...{ id: key['idempotency-key'], written_by: 'Ana', state: 'pending' },
        message: { type: 'text', text: { body: 'I am on my way' } },
      },
    ])
    expect(await audited(id)).toEqual([{ action: 'person.wrote', by: 'Ana' }])
    await eventually(() => hinted.includes(id), { what: 'the sender to be told' })
  })

  it('not to somebody who has been silent for a day', async () => {
    const id = await conversation(Date.now() - 25 * 3_600_000)
    expect((await ask('POST', path(id, 'messages'), { text: 'hello' })).status).toBe(409)
  })
})

it('S19: shows who waits for a person, until it is seen to, and notes who has read it', async () => {
  const id = await conversation()
  await pool.query(
    `INSERT INTO dispatch_notices (id, kind, priority, conversation_id, text) VALUES ($1, 'help', 'high', $2, 'Asks')`,
    [randomUUID(), id],
  )
  expect((await ask('GET', '/help')).json.waiting).toMatchObject([{ conversationId: id, text: 'Asks' }])
  await ask('GET', '/help')
  expect((await ask('POST', path(id, 'help/close'))).json).toMatchObject({ closed: 1 })
  expect((await ask('GET', '/help')).json.waiting).toEqual([])
  expect(await audited(id)).toEqual([
    { action: 'help.read', by: 'Ana' },
    { action: 'help.closed', by: 'Ana' },
  ])
})

describe('what drivers asked in vain', () => {
  it('is listed, answered, and on record', async () => {
    await pool.query(
      `INSERT INTO audit (action, driver_id, detail) VALUES ('question.unanswered', 'd', $1)`,
      [JSON.stringify({ question: 'is there coffee', language: 'en', about: 'policy' })],
    )
    const listed = z
      .object({ questions: z.array(z.looseObject({ id: z.string() })) })
      .parse((await ask('GET', '/questions')).json)
    expect(listed.questions).toMatchObject([{ question: 'is there coffee', times: 1 }])
    const answer = `/questions/${listed.questions[0]?.id}/answer`
    expect((await ask('POST', answer, { answer: 'x'.repeat(901) })).status).toBe(400)
    expect((await ask('POST', answer, { answer: 'In the kitchen.' })).status).toBe(201)
    expect((await ask('POST', answer, { answer: 'In the kitchen.' })).status).toBe(404)
    const { rows } = await pool.query(`SELECT title, answer, source FROM faq_entries`)
    expect(rows).toEqual([{ title: 'is there coffee', answer: 'In the kitchen.', source: 'dispatch' }])
  })
})
