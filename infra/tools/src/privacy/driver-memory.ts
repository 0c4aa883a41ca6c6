import type { Subject } from '@waybill/database'
import { Redis } from 'ioredis'

/** What the assistants remember of a driver in Redis. All of it expires within a day by itself. */
export type DriverMemory = AsyncDisposable & {
  read(subject: Subject): Promise<Record<string, unknown>>
  /** How many keys there were. */
  forget(subject: Subject): Promise<number>
}

const CONNECT_MS_MAX = 10_000
const SCAN_COUNT = 1_000

export async function openMemory(url: string): Promise<DriverMemory> {
  const redis = new Redis(url, {
    ...{ lazyConnect: true, connectTimeout: CONNECT_MS_MAX, maxRetriesPerRequest: 1 },
    retryStrategy: null,
  })
  redis.on('error', () => {}) // what is asked meanwhile rejects with the same
  await redis.connect()

  async function keysOf({ conversations, driver: [driverId = ''] }: Subject): Promise<string[]> {
    const ofConversations = conversations.flatMap((id) => [`session:${id}`, `rate:driver:${id}`])
    const match = `orders:${driverId.replaceAll(/[*?[\]\\^-]/g, String.raw`\$&`)}:*`
    const orders: string[] = []
    for await (const keys of redis.scanStream({ match, count: SCAN_COUNT }))
      orders.push(
        ...(keys as string[]).filter((key) =>
          /^\d{4}-\d\d-\d\d$/.test(key.slice(`orders:${driverId}:`.length)),
        ),
      )
    return [...ofConversations, ...orders]
  }

  return {
    async read(subject) {
      const found: Record<string, unknown> = {}
      for (const key of await keysOf(subject)) {
        const value = key.startsWith('rate:') ? null : await redis.get(key)
        if (value !== null) found[key] = JSON.parse(value)
      }
      return found
    },
    async forget(subject) {
      const keys = await keysOf(subject)
      return keys.length === 0 ? 0 : redis.del(...keys)
    },
    async [Symbol.asyncDispose]() {
      redis.disconnect()
    },
  }
}
