import { createBreaker } from '@waybill/resilience'
import { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import { z } from 'zod'
import { orderSchema } from '../orders/http-order-system.ts'
import type { DayOfOrders, FetchedDay } from '../orders/order-book.ts'
import { parseSession, type Session } from './session.ts'

/** What is nice to have at hand and can be lost: PostgreSQL and the order system have the originals. Never throws. */
export type Memory = {
  readSession(conversationId: string): Promise<Session | undefined>
  readOrders(driverId: string, date: string): Promise<DayOfOrders | undefined>
  /** One round trip. */
  write(what: { conversationId: string; session: Session; days: readonly FetchedDay[] }): Promise<void>
}

const TTL_SECONDS = 24 * 60 * 60
const COMMAND_MS_MAX = 200
const RECONNECT_MS_MAX = 2_000

const dayOfOrdersSchema = z.object({ at: z.number(), orders: z.array(orderSchema) })

/** Without a connection commands fail at once instead of waiting for one: a turn goes on without its memory. */
export function createRedis(url: string, log: Logger): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    commandTimeout: COMMAND_MS_MAX,
    connectTimeout: 1_000,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) =>
      Math.min(50 * 2 ** Math.min(times, 10), RECONNECT_MS_MAX) * (0.5 + Math.random() / 2),
  })
  redis.on('error', (error) => log.debug({ err: error }, 'redis connection failed'))
  return redis
}

type Deps = { redis: Pick<Redis, 'get' | 'pipeline'>; registry: Registry; log: Logger }

export function createMemory({ redis, registry, log }: Deps): Memory & Disposable {
  const options = { registry, log, timeoutMs: COMMAND_MS_MAX + 50, resetTimeoutMs: 2_000 }
  const reads = createBreaker({ ...options, name: 'redis-read' }, (_signal, key: string) => redis.get(key))
  const writes = createBreaker(
    { ...options, name: 'redis-write' },
    async (_signal, entries: [string, string][]) => {
      const pipeline = redis.pipeline()
      for (const [key, value] of entries) pipeline.set(key, value, 'EX', TTL_SECONDS)
      const results = await pipeline.exec()
      const failure = results?.find(([error]) => error !== null)?.[0]
      if (failure) throw failure
    },
  )

  async function read<T>(key: string, parse: (value: unknown) => T | undefined): Promise<T | undefined> {
    try {
      const stored = await reads.call(key)
      return stored === null ? undefined : parse(JSON.parse(stored))
    } catch (error) {
      log.debug({ err: error }, 'memory could not be read')
      return undefined
    }
  }

  return {
    readSession: (conversationId) => read(sessionKey(conversationId), parseSession),
    readOrders: (driverId, date) =>
      read(ordersKey(driverId, date), (value) => dayOfOrdersSchema.safeParse(value).data),
    async write({ conversationId, session, days }) {
      const entries: [string, string][] = [[sessionKey(conversationId), JSON.stringify(session)]]
      for (const { driverId, date, at, orders } of days) {
        entries.push([ordersKey(driverId, date), JSON.stringify({ at, orders })])
      }
      try {
        await writes.call(entries)
      } catch (error) {
        log.debug({ err: error }, 'memory could not be written')
      }
    },
    [Symbol.dispose]() {
      reads[Symbol.dispose]()
      writes[Symbol.dispose]()
    },
  }
}

const sessionKey = (conversationId: string) => `session:${conversationId}`
const ordersKey = (driverId: string, date: string) => `orders:${driverId}:${date}`
