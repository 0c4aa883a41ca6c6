import type { Logger } from 'pino'
import { z } from 'zod'
import { orderSchema } from '../orders/http-order-system.ts'
import type { DayOfOrders, FetchedDay } from '../orders/order-book.ts'
import type { ReachableRedis } from './reach-redis.ts'
import { parseSession, type Session } from './session.ts'

/** What is nice to have at hand and can be lost: PostgreSQL and the order system have the originals. Never throws. */
export type Memory = {
  readSession(conversationId: string): Promise<Session | undefined>
  readOrders(driverId: string, date: string): Promise<DayOfOrders | undefined>
  /** One round trip. */
  write(what: { conversationId: string; session: Session; days: readonly FetchedDay[] }): Promise<void>
}

const TTL_SECONDS = 24 * 60 * 60

const dayOfOrdersSchema = z.object({ at: z.number(), orders: z.array(orderSchema) })

type Deps = { redis: Pick<ReachableRedis, 'call'>; log: Logger }

export function createMemory({ redis, log }: Deps): Memory {
  async function read<T>(key: string, parse: (value: unknown) => T | undefined): Promise<T | undefined> {
    try {
      const stored = await redis.call((it) => it.get(key))
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
        await redis.call(async (it) => {
          const pipeline = it.pipeline()
          for (const [key, value] of entries) pipeline.set(key, value, 'EX', TTL_SECONDS)
          const results = await pipeline.exec()
          const failure = results?.find(([error]) => error !== null)?.[0]
          if (failure) throw failure
        })
      } catch (error) {
        log.debug({ err: error }, 'memory could not be written')
      }
    },
  }
}

const sessionKey = (conversationId: string) => `session:${conversationId}`
const ordersKey = (driverId: string, date: string) => `orders:${driverId}:${date}`
