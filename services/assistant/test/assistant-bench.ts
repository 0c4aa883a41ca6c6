import { randomUUID } from 'node:crypto'
import { conversationReady, outboundReady } from '@waybill/contracts'
import { createPool, type Pool, recordWebhooks } from '@waybill/database'
import { connectMessaging, type Messaging } from '@waybill/messaging'
import { eventually, freshDatabase, freshRedis, freshVhost } from '@waybill/test-kit'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { loadConfig } from '../src/config.ts'
import { localDate } from '../src/replies/local-time.ts'
import { startService } from '../src/service.ts'
import { type FakeUpstream, johansDay, modelChoosing, startUpstream } from './fake-upstreams.ts'

export const PHONE = '12125550101'
export const CONVERSATION = `100000000000001:${PHONE}`
export const TIME_ZONE = 'America/New_York'
export const today = () => localDate(Date.now(), TIME_ZONE)
export const log = pino({ level: 'silent' })

export type Outbound = {
  id: string
  message: { type: string; text?: { body: string }; interactive?: unknown }
  reply_to: string
  turn_id: string
}

export type Bench = AsyncDisposable & {
  pool: Pool
  urls: { database: string; redis: string; amqp: string }
  messaging: Messaging
  orders: FakeUpstream
  model: FakeUpstream
  env: Record<string, string>
  start(overrides?: Record<string, string>): Promise<AsyncDisposable>
  /** Records messages as intake does, in the order given, and hints at them. */
  receive(
    ...messages: (string | { kind: string; body: Record<string, unknown>; sentAt?: number })[]
  ): Promise<string[]>
  hint(): Promise<void>
  replies(): Promise<Outbound[]>
  /** Waits until all that was received is answered or dead, and returns the replies. */
  settled(): Promise<Outbound[]>
}

/** Everything that an assistant works with: own database, own vhost, own Redis, fake upstreams, and Johan. */
export async function openBench(): Promise<Bench> {
  await using opened = new AsyncDisposableStack()
  const [database, vhost, redis] = await Promise.all([freshDatabase(), freshVhost(), freshRedis()])
  opened.use(database)
  opened.use(vhost)
  opened.use(redis)
  const registry = new Registry()
  const pool = opened.adopt(
    createPool({ url: database.url, name: 'bench', connectionsMax: 4, registry, onError() {} }),
    (it) => it.end(),
  )
  const orders = opened.use(await startUpstream(() => johansDay(today())))
  const model = opened.use(
    await startUpstream(() => modelChoosing({ name: 'get_orders', args: { language: 'en' } })),
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
    `INSERT INTO drivers (id, name, language, time_zone) VALUES ('driver-johan', 'Johan', NULL, '${TIME_ZONE}')`,
  )
  await pool.query(
    `INSERT INTO identities (kind, value, driver_id) VALUES ('phone', '${PHONE}', 'driver-johan')`,
  )

  const env = {
    INSTANCE: 'assistant-test',
    PORT: '0',
    LOG_LEVEL: 'silent',
    AMQP_URL: vhost.url,
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    OPENROUTER_BASE_URL: model.url,
    OPENROUTER_API_KEY: 'key',
    ORDERS_API_URL: orders.url,
    ORDERS_API_TOKEN: 'token',
  }
  let position = 0
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
    orders,
    model,
    env,
    start: (overrides = {}) => startService(loadConfig({ ...env, ...overrides })),
    async receive(...messages) {
      const rows = messages.map((message) => {
        const {
          kind,
          body,
          sentAt = Date.now(),
        } = typeof message === 'string' ? { kind: 'text', body: { text: { body: message } } } : message
        const wamid = `wamid.${randomUUID()}`
        position += 1
        return {
          wamid,
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
      })
      await recordWebhooks(pool, { messages: rows, receipts: [], events: [] })
      await hint()
      return rows.map(({ wamid }) => wamid)
    },
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
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

export function textOf({ message }: Outbound): string {
  return message.text?.body ?? JSON.stringify(message)
}
