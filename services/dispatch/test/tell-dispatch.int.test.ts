import { randomUUID } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { json } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { dispatchNoticeRaised } from '@waybill/contracts'
import { createPool, type Pool } from '@waybill/database'
import { connectMessaging, type Messaging } from '@waybill/messaging'
import { eventually, freshDatabase, freshVhost } from '@waybill/test-kit'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { loadConfig } from '../src/config.ts'
import { startService } from '../src/service.ts'
import { type MailServer, startMailServer } from './mail-server.ts'

type Posted = { headers: IncomingHttpHeaders; body: unknown }

let opened: AsyncDisposableStack
let pool: Pool
let messaging: Messaging
let mail: MailServer
let posted: Posted[]
let webhookStatus: number
let env: Record<string, string>

beforeEach(async () => {
  opened = new AsyncDisposableStack()
  const [database, vhost] = await Promise.all([freshDatabase(), freshVhost()])
  for (const each of [database, vhost]) opened.use(each)
  const registry = new Registry()
  const log = pino({ level: 'silent' })
  const options = { url: database.url, name: 'test', connectionsMax: 2, registry, log }
  pool = opened.adopt(createPool(options), (it) => it.end())
  const contracts = [dispatchNoticeRaised]
  messaging = opened.use(await connectMessaging({ url: vhost.url, name: 'test', log, registry, contracts }))
  mail = opened.use(await startMailServer())
  posted = []
  webhookStatus = 200
  env = {
    PROFILE: 'sandbox',
    ...{ INSTANCE: 'dispatch-test', PORT: '0', LOG_LEVEL: 'silent', AMQP_URL: vhost.url },
    ...{ DATABASE_URL: database.url, DISPATCH_WEBHOOK_URL: await webhookUrl() },
    ...{ DISPATCH_WEBHOOK_TOKEN: 'secret', SMTP_URL: mail.url },
    ...{ DISPATCH_EMAIL_TO: 'dispatch@example.com', DISPATCH_EMAIL_FROM: 'waybill@example.com' },
  }
  await pool.query(`INSERT INTO drivers (id, name, time_zone) VALUES ('driver-johan', 'Johan', 'UTC')`)
})
afterEach(async () => opened.disposeAsync())

async function webhookUrl(): Promise<string> {
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      posted.push({ headers: request.headers, body })
      response.writeHead(webhookStatus).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  opened.defer(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/notices`
}

const start = async (overrides: Record<string, string> = {}) =>
  opened.use(await startService(loadConfig({ ...env, ...overrides })))

/** Raises a notice as a turn does. */
async function raise(): Promise<string> {
  const id = randomUUID()
  const notice = {
    id,
    kind: 'declined',
    priority: 'high',
    text: 'Can not take the route.',
    reason: 'flat tyre',
  }
  await pool.query(`SELECT raise_notices(NULL, NULL, 'driver-johan', $1)`, [JSON.stringify([notice])])
  return id
}
const hint = (noticeId: string) => messaging.publish(dispatchNoticeRaised, { noticeId })
const rowOf = async (id: string) =>
  (await pool.query('SELECT state, attempts, told, last_error FROM dispatch_notices WHERE id = $1', [id]))
    .rows[0]
const untilState = (id: string, state: string) =>
  eventually(async () => (await rowOf(id))?.state === state, { what: `the notice to be ${state}` })

/** Lets no back-off stand in the way, and hints, until the row says so. */
async function again(id: string, isThere: (row: Awaited<ReturnType<typeof rowOf>>) => boolean) {
  await eventually(
    async () => {
      if (isThere(await rowOf(id))) return true
      await pool.query('UPDATE dispatch_notices SET not_before = now() WHERE id = $1', [id])
      await hint(id)
      return false
    },
    { what: 'the notice to get there' },
  )
}

it('tells dispatchers once by webhook and by e-mail, however often it is hinted at', async () => {
  await start()
  const id = await raise()
  await Promise.all([hint(id), hint(id), hint(id)])
  await untilState(id, 'sent')
  const another = await raise()
  await hint(another)
  await untilState(another, 'sent')
  expect(posted).toHaveLength(2)
  expect(posted[0]).toMatchObject({
    headers: { 'idempotency-key': id, authorization: 'Bearer secret' },
    body: {
      ...{ driver_id: 'driver-johan', driver_name: 'Johan', action: 'declined', reason: 'flat tyre' },
      ...{ message: 'Can not take the route.', priority: 'high' },
    },
  })
  expect(mail.received).toHaveLength(2)
  expect(mail.received[0]).toContain('Subject: [high] Johan: declined')
  expect(mail.received[0]).toContain("In the driver's words: flat tyre")
})

it('tries again with the same key where it failed, and only there', async () => {
  webhookStatus = 503
  await start()
  const id = await raise()
  await again(id, (row) => row?.attempts >= 3)
  expect(await rowOf(id)).toMatchObject({
    ...{ state: 'pending', told: ['email'], last_error: 'webhook: dispatch webhook answered 503' },
  })
  webhookStatus = 200
  await again(id, (row) => row?.state === 'sent')
  expect(new Set(posted.map(({ headers }) => headers['idempotency-key']))).toEqual(new Set([id]))
  expect(mail.received).toHaveLength(1)
})

it('P10: sets a notice aside that can not be told, with its reason', async () => {
  webhookStatus = 500
  await start({ DISPATCH_ATTEMPTS_MAX: '2' })
  const id = await raise()
  await again(id, (row) => row?.state === 'dead')
  const letter = await eventually(
    async () =>
      (await pool.query('SELECT queue, error FROM dead_letters WHERE message_id = $1', [id])).rows[0],
    { what: 'the dead letter' },
  )
  expect(letter).toEqual({ queue: dispatchNoticeRaised.queue, error: expect.stringContaining('500') })
})

it('tells by webhook alone without a mail server', async () => {
  await start({ SMTP_URL: '' })
  const id = await raise()
  await hint(id)
  await untilState(id, 'sent')
  expect([posted.length, mail.received.length]).toEqual([1, 0])
  expect(await rowOf(id)).toMatchObject({ told: ['webhook'] })
})

it('does not start with a mail server and nobody to write to', () => {
  const { DISPATCH_EMAIL_TO: _to, ...without } = env
  expect(() => loadConfig(without)).toThrow('DISPATCH_EMAIL_TO')
})
