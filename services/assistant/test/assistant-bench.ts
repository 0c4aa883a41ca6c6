import { randomUUID } from 'node:crypto'
import { env } from 'node:process'
import { fileURLToPath } from 'node:url'
import { conversationReady, outboundReady, type QueueContract } from '@waybill/contracts'
import { createPool, type MessageRow, type Pool, recordWebhooks } from '@waybill/database'
import { connectMessaging, type Messaging } from '@waybill/messaging'
import { eventually, freshDatabase, freshRedis, freshVhost } from '@waybill/test-kit'
import { Redis } from 'ioredis'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { z } from 'zod'
import { loadConfig as guardrailsConfig } from '../../guardrails/src/config.ts'
import { startService as startGuardrails } from '../../guardrails/src/service.ts'
import { loadConfig } from '../src/config.ts'
import { localDate } from '../src/replies/local-time.ts'
import { startService } from '../src/service.ts'
import { type FakeUpstream, johansDay, modelChoosing, startUpstream } from './fake-upstreams.ts'

export const PHONE = '12125550101'
export const CONVERSATION = `100000000000001:${PHONE}`
export const TIME_ZONE = 'America/New_York'
export const today = () => localDate(Date.now(), TIME_ZONE)
export const log = pino({ level: 'silent' })

const POLICY_DIR = fileURLToPath(new URL('../../../infra/guardrails', import.meta.url))

export type Outbound = {
  id: string
  message: { type: string; text?: { body: string }; interactive?: unknown }
  reply_to: string
  turn_id: string
}

type Received = string | { kind: string; body: Record<string, unknown>; sentAt?: number }

export type Bench = AsyncDisposable & {
  pool: Pool
  urls: { database: string; redis: string; amqp: string }
  messaging: Messaging
  redis: Redis
  orders: FakeUpstream
  model: FakeUpstream
  start(overrides?: Record<string, string>): Promise<AsyncDisposable>
  /** Records messages as intake does, in the order given, and hints at them. */
  receive(...messages: Received[]): Promise<string[]>
  /** From somebody without a phone number, in the conversation that knows the user id. */
  receiveFromUser(userId: string, words: string): Promise<string[]>
  hint(): Promise<void>
  replies(): Promise<Outbound[]>
  /** Waits until all that was received is answered or dead, and returns the replies. */
  settled(): Promise<Outbound[]>
  /** Waits until the last known orders are in Redis. */
  eventuallyCached(): Promise<void>
  /** Bodies of the dead letters of conversations. */
  deadLetters(contract?: QueueContract): Promise<string[]>
}

/** Everything that an assistant works with: own database, own vhost, own Redis, guardrails, fake upstreams, and Johan. */
export async function openBench(): Promise<Bench> {
  await using opened = new AsyncDisposableStack()
  const [database, vhost, redis] = await Promise.all([freshDatabase(), freshVhost(), freshRedis()])
  opened.use(database)
  opened.use(vhost)
  opened.use(redis)
  const registry = new Registry()
  const pool = opened.adopt(
    createPool({ url: database.url, name: 'bench', connectionsMax: 4, registry, log }),
    (it) => it.end(),
  )
  const redisClient = opened.adopt(new Redis(redis.url), async (it) => it.disconnect())
  const orders = opened.use(await startUpstream(() => johansDay(today())))
  const model = opened.use(
    await startUpstream(() => modelChoosing({ name: 'get_orders', args: { language: 'en' } })),
  )
  const guardrails = opened.use(
    await startGuardrails(
      guardrailsConfig({
        ...{ PROFILE: 'sandbox', INSTANCE: 'guardrails-test', PORT: '0', LOG_LEVEL: 'silent' },
        GUARDRAILS_POLICY_DIR: POLICY_DIR,
      }),
    ),
  )
  const messaging = opened.use(
    await connectMessaging({
      url: vhost.url,
      name: 'bench',
      log,
      registry,
      contracts: [conversationReady, outboundReady],
    }),
  )
  await pool.query(
    // Whatever the time is where tests run: the route can be changed all day.
    `INSERT INTO drivers (id, name, language, time_zone, check_in_until)
     VALUES ('driver-johan', 'Johan', NULL, '${TIME_ZONE}', '24:00')`,
  )
  await pool.query(
    `INSERT INTO identities (kind, value, driver_id) VALUES ('phone', '${PHONE}', 'driver-johan')`,
  )

  const serviceEnv = {
    PROFILE: 'sandbox',
    INSTANCE: 'assistant-test',
    PORT: '0',
    LOG_LEVEL: 'silent',
    AMQP_URL: vhost.url,
    DATABASE_URL: database.url,
    REDIS_URL: redis.assistantUrl,
    GUARDRAILS_URLS: guardrails.url,
    OPENROUTER_BASE_URL: model.url,
    OPENROUTER_API_KEY: 'key',
    ORDERS_API_URL: orders.url,
    ORDERS_API_TOKEN: 'token',
    WHATSAPP_PHONE_NUMBER_ID: '100000000000001',
    // Tests write faster than a person could.
    RATE_DRIVER_MESSAGES: '1000000',
    WHATSAPP_ACCESS_TOKEN: 'token',
  }
  let position = 0
  const rowOf = (message: Received): MessageRow => {
    const {
      kind,
      body,
      sentAt = Date.now(),
    } = typeof message === 'string' ? { kind: 'text', body: { text: { body: message } } } : message
    position += 1
    return {
      wamid: `wamid.${randomUUID()}`,
      phone_number_id: '100000000000001',
      phone: PHONE,
      wa_id: PHONE,
      user_id: undefined,
      kind,
      body,
      sent_at: new Date(Math.floor(sentAt / 1_000) * 1_000).toISOString(),
      received_us: Date.now() * 1_000,
      position,
    }
  }
  const record = async (rows: MessageRow[], wake: () => Promise<void>) => {
    await recordWebhooks(pool, { messages: rows, receipts: [], events: [] })
    await wake()
    return rows.map(({ wamid }) => wamid)
  }
  const replies = async () => {
    const { rows } = await pool.query<Outbound>(
      'SELECT id, message, reply_to, turn_id FROM outbound ORDER BY seq',
    )
    return rows
  }
  const hint = () => messaging.publish(conversationReady, { conversationId: CONVERSATION })
  const closing = opened.move()
  return {
    pool,
    urls: { database: database.url, redis: redis.url, amqp: vhost.url },
    messaging,
    redis: redisClient,
    orders,
    model,
    start: (overrides = {}) => startService(loadConfig({ ...serviceEnv, ...overrides })),
    receive: (...messages) => record(messages.map(rowOf), hint),
    receiveFromUser: (userId, words) =>
      record([{ ...rowOf(words), phone: undefined, wa_id: undefined, user_id: userId }], hint),
    hint,
    replies,
    async settled() {
      await eventually(
        async () => {
          const { rows } = await pool.query("SELECT 1 FROM inbound WHERE status = 'waiting'")
          return rows.length === 0
        },
        { what: 'every message to be answered', timeoutMs: 15_000 },
      )
      return replies()
    },
    async eventuallyCached() {
      await eventually(async () => (await redisClient.keys('orders:*')).length > 0, {
        what: 'orders in Redis',
      })
    },
    deadLetters: (contract = conversationReady) => readDeadLetters(vhost.name, contract),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

/** Through the management API, which leaves them where they are. */
async function readDeadLetters(vhost: string, contract: QueueContract): Promise<string[]> {
  const { origin, username, password } = new URL(env.TEST_RABBITMQ_MANAGEMENT_URL ?? '')
  const queue = `${contract.queue}.dead`
  const answer = await fetch(`${origin}/api/queues/${vhost}/${queue}/get`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa(`${username}:${password}`)}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ count: 10, ackmode: 'ack_requeue_true', encoding: 'auto' }),
  })
  return z
    .array(z.object({ payload: z.string() }))
    .parse(await answer.json())
    .map(({ payload }) => payload)
}

export function textOf({ message }: Outbound): string {
  return message.text?.body ?? JSON.stringify(message)
}
