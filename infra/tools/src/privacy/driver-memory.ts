import type { Subject } from '@waybill/database'
import { Redis } from 'ioredis'

/** What the assistants remember of a driver in Redis. All of it expires within a day by itself. */
export type DriverMemory = AsyncDisposable & {
  read(subject: Subject): Promise<Record<string, unknown>>
  /** How many keys there were. */
  forget(subject: Subject): Promise<number>
}

const CONNECT_MS_MAX = 10_000
const DAY_MS = 86_400_000
/** Days before and after today of which a driver's orders may be remembered, wherever he is: they are asked for today's and tomorrow's. */
const DAYS = 7

export async function openMemory(url: string): Promise<DriverMemory> {
  const redis = new Redis(url, {
    ...{ lazyConnect: true, connectTimeout: CONNECT_MS_MAX, maxRetriesPerRequest: 1 },
    retryStrategy: null,
  })
  redis.on('error', () => {}) // what is asked meanwhile rejects with the same
  await redis.connect()

  return {
    async read(subject) {
      const found: Record<string, unknown> = {}
      for (const key of keysOf(subject)) {
        const value = key.startsWith('rate:') ? null : await redis.get(key)
        if (value !== null) found[key] = JSON.parse(value)
      }
      return found
    },
    forget: (subject) => redis.del(...keysOf(subject)),
    async [Symbol.asyncDispose]() {
      redis.disconnect()
    },
  }
}

/** As the assistants call them (`services/assistant/src/session/memory.ts`), whose rights at Redis are enough for that. */
function keysOf({ conversations, driver: [driverId = ''] }: Subject): string[] {
  const today = Date.now()
  const dates = Array.from({ length: 2 * DAYS + 1 }, (_, day) =>
    new Date(today + (day - DAYS) * DAY_MS).toISOString().slice(0, 10),
  )
  return [
    ...conversations.flatMap((id) => [`session:${id}`, `rate:driver:${id}`]),
    ...dates.map((date) => `orders:${driverId}:${date}`),
  ]
}
