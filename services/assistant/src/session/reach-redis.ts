import { createBreaker } from '@waybill/resilience'
import { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'

/** Redis behind one breaker: once it is away, nobody waits for it, whatever he wanted. */
export type ReachableRedis = Disposable & {
  /** For libraries that take a client, and call it inside of `call`. */
  readonly client: Redis
  /** Throws what the work throws, or UnavailableError. */
  call<T>(work: (redis: Redis) => Promise<T>): Promise<T>
}

const COMMAND_MS_MAX = 200
const CONNECT_MS_MAX = 1_000
/** A connection on which nothing comes back for so long is given up: its other end may be gone without a word. */
const SILENCE_MS_MAX = 1_000
const RECONNECT_MS_MAX = 2_000
const RESET_MS = 2_000

type Deps = { url: string; registry: Registry; log: Logger }

/** Without a connection commands fail at once instead of waiting for one: a turn goes on without its memory. */
export function reachRedis({ url, registry, log }: Deps): ReachableRedis {
  const client = new Redis(url, {
    enableOfflineQueue: false,
    commandTimeout: COMMAND_MS_MAX,
    connectTimeout: CONNECT_MS_MAX,
    socketTimeout: SILENCE_MS_MAX,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) =>
      Math.min(50 * 2 ** Math.min(times, 10), RECONNECT_MS_MAX) * (0.5 + Math.random() / 2),
  })
  client.on('error', (error) => log.debug({ err: error }, 'redis connection failed'))
  const breaker = createBreaker(
    { name: 'redis', registry, log, timeoutMs: COMMAND_MS_MAX + 50, resetTimeoutMs: RESET_MS },
    (_signal, work: () => Promise<void>) => work(),
  )
  return {
    client,
    async call(work) {
      const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<typeof work>>>()
      await breaker.call(async () => resolve(await work(client)))
      return promise
    },
    [Symbol.dispose]() {
      breaker[Symbol.dispose]()
      client.disconnect()
    },
  }
}
