import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { conversationReady, orderEventReceived, outboundReady } from '@waybill/contracts'
import { createPool, type Pool, recordDeadLetters, recordWebhooks } from '@waybill/database'
import { connectMessaging } from '@waybill/messaging'
import { createRegistry, type OpsServer } from '@waybill/service-kit'
import { freshDatabase, freshVhost } from '@waybill/test-kit'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { serveAdmin, TOKEN } from './serve-admin.ts'

const CONVERSATION = '1:12125550101'
const log = pino({ level: 'silent' })
const opened = new AsyncDisposableStack()
const routes: string[] = []
let pool: Pool
let server: OpsServer

beforeAll(async () => {
  const [database, vhost] = await Promise.all([freshDatabase(), freshVhost()])
  opened.use(database)
  opened.use(vhost)
  const registry = createRegistry({ service: 'dispatch', instance: 'test' })
  pool = opened.adopt(
    createPool({ url: database.url, name: 'test', connectionsMax: 3, registry, log }),
    (it) => it.end(),
  )
  const contracts = [conversationReady, orderEventReceived, outboundReady]
  const messaging = opened.use(
    await connectMessaging({ url: vhost.url, name: 'test', log, contracts, registry }),
  )
  const watch = (app: FastifyInstance) =>
    app.addHook('onRoute', ({ method, url }) => {
      if (url.startsWith('/admin')) routes.push(`${String(method)} ${url}`)
    })
  server = opened.use(await serveAdmin({ pool, messaging, watch }))
  await prepare()
}, 30_000)
afterAll(() => opened.disposeAsync())

/** A driver who has written and waits for a person, a letter about him, and a question that nobody could answer. */
async function prepare(): Promise<void> {
  await pool.query("INSERT INTO drivers (id, name, time_zone) VALUES ('d-1', 'Johan', 'UTC')")
  const message = {
    ...{ wamid: 'w', phone_number_id: '1', phone: '12125550101', wa_id: '12125550101', user_id: undefined },
    ...{ kind: 'text', body: {}, received_us: 1, position: 0, sent_at: new Date().toISOString() },
  }
  await recordWebhooks(pool, { messages: [message], receipts: [], events: [] })
  await pool.query(
    `INSERT INTO dispatch_notices (id, kind, driver_id, conversation_id, text) VALUES ($1, 'help', 'd-1', $2, 'Asks')`,
    [randomUUID(), CONVERSATION],
  )
  const [firstFailedAt, diedAt] = [new Date(), new Date()]
  const about = Buffer.from(JSON.stringify({ driver_id: 'd-1' }))
  await recordDeadLetters(
    pool,
    ['one', 'two'].map((messageId) => ({
      ...{
        queue: orderEventReceived.queue,
        messageId,
        reason: 'permanent',
        error: 'x',
        attempts: 1,
        headers: {},
      },
      ...{ body: about, firstFailedAt, diedAt, correlationId: undefined, traceparent: undefined },
    })),
  )
  await pool.query(
    `INSERT INTO audit (action, driver_id, detail) VALUES ('question.unanswered', 'd-1', $1)`,
    [JSON.stringify({ question: 'is there coffee', language: 'en' })],
  )
}

/** No name, number, word or whereabouts of a driver is in what these answer. */
const SHOW_NOTHING = new Map([
  ['GET /admin/questions', 'questions are kept without names and numbers'],
  ['GET /admin/dead-letters', 'errors are masked, and bodies are not in it'],
])

type Asked = { path: string; body?: object; row: { action: string; driver_id?: string | null } }
const conversation = `/admin/conversations/${encodeURIComponent(CONVERSATION)}`

/** In this order: what one changes, the next one may need. */
const ASKED: Readonly<Record<string, () => Promise<Asked>>> = {
  'GET /admin/help': async () => ({ path: '/admin/help', row: { action: 'help.read', driver_id: 'd-1' } }),
  'GET /admin/dead-letters/:id': async () => ({
    path: `/admin/dead-letters/${await letter('one')}?reveal=true`,
    row: { action: 'dead-letter.revealed', driver_id: 'd-1' },
  }),
  'PUT /admin/conversations/:id/takeover': async () => ({
    path: `${conversation}/takeover`,
    body: {},
    row: { action: 'takeover.set' },
  }),
  'POST /admin/conversations/:id/messages': async () => ({
    path: `${conversation}/messages`,
    body: { text: 'hello' },
    row: { action: 'person.wrote' },
  }),
  'POST /admin/conversations/:id/help/close': async () => ({
    path: `${conversation}/help/close`,
    row: { action: 'help.closed' },
  }),
  'DELETE /admin/conversations/:id/takeover': async () => ({
    path: `${conversation}/takeover`,
    row: { action: 'takeover.ended' },
  }),
  'PUT /admin/drivers/:id/status': async () => ({
    path: '/admin/drivers/d-1/status',
    body: { status: 'suspended' },
    row: { action: 'driver.suspended', driver_id: 'd-1' },
  }),
  'DELETE /admin/drivers/:id/lock': async () => {
    await pool.query(
      "INSERT INTO identities (kind, value, driver_id, locked_reason) VALUES ('phone', '1', 'd-1', 'new owner')",
    )
    return {
      path: '/admin/drivers/d-1/lock',
      row: { action: 'driver.identity-confirmed', driver_id: 'd-1' },
    }
  },
  'POST /admin/questions/:id/answer': async () => ({
    path: `/admin/questions/${await question()}/answer`,
    body: { answer: 'In the kitchen.' },
    row: { action: 'faq.answered' },
  }),
  'POST /admin/dead-letters/replay': async () => ({
    path: '/admin/dead-letters/replay',
    body: { ids: [await letter('one')] },
    row: { action: 'dead-letter.replayed' },
  }),
  'POST /admin/dead-letters/drop': async () => ({
    path: '/admin/dead-letters/drop',
    body: { ids: [await letter('two')] },
    row: { action: 'dead-letter.dropped' },
  }),
}

const letter = (messageId: string) => idOf('SELECT id FROM dead_letters WHERE message_id = $1', [messageId])
const question = () => idOf('SELECT id FROM unanswered_questions')

async function idOf(sql: string, values: string[] = []): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(sql, values)
  return rows[0]?.id ?? ''
}

async function rowsSince(id: string): Promise<unknown[]> {
  const { rows } = await pool.query(
    `SELECT action, driver_id, detail ->> 'by' AS by FROM audit WHERE id > $1 ORDER BY id`,
    [id],
  )
  return rows
}

const request = (method: string, path: string, body?: object, operator = 'Ana') =>
  fetch(server.url + path, {
    method,
    headers: {
      ...{ authorization: `Bearer ${TOKEN}`, 'x-operator': operator },
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })

it('S19: every route for persons is one that puts its use on record, or one that shows nothing of a driver', () => {
  // A HEAD does what its GET does, and is answered without a body.
  const known = [...Object.keys(ASKED), ...SHOW_NOTHING.keys()]
  expect(routes.filter((route) => !route.startsWith('HEAD ')).sort()).toEqual(known.sort())
})

it('S19: whoever reads or does something of a driver is on record, once, with what it was', async () => {
  for (const [route, ask] of Object.entries(ASKED)) {
    const { path, body, row } = await ask()
    const before = await idOf('SELECT coalesce(max(id), 0) AS id FROM audit')
    const { status } = await request(route.split(' ')[0] ?? '', path, body)
    expect({ route, isDone: status < 300 }).toEqual({ route, isDone: true })
    expect(await rowsSince(before)).toEqual([expect.objectContaining({ by: 'Ana', ...row })])
  }
})

it.each(['/admin/help', '/admin/dead-letters/1?reveal=true'])(
  'S19: nobody reads %s without saying who he is',
  async (path) => {
    expect((await request('GET', path, undefined, ' ')).status).toBe(400)
  },
)

it.each([...SHOW_NOTHING.keys()])('S19: %s shows no name and no number', async (route) => {
  const answer = await (await request('GET', route.split(' ')[1] ?? '')).text()
  expect(answer).not.toMatch(/Johan|12125550101|d-1/)
})
