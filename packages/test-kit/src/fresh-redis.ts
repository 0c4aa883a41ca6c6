import { createRedisUser } from '@waybill/local'
import { Redis } from 'ioredis'
import { serverUrls } from './server-urls.ts'

const DATABASES = 64
const LEASE_SECONDS = 900 // a run that was killed gives its numbers back

/**
 * An empty Redis database (`SELECT n`) of its own. At most 63 at once; never FLUSHALL, FLUSHDB is enough. Behind
 * `assistantUrl` one may do what the assistants may: to be refused anything fails the test.
 */
export async function freshRedis(): Promise<{ url: string; assistantUrl: string } & AsyncDisposable> {
  const registry = new Redis(serverUrls().redis)
  try {
    const number = await takeNumber(registry)
    const url = new URL(serverUrls().redis)
    url.pathname = `/${number}`
    await flush(url.href)
    const user = await createRedisUser(url.href)
    return {
      url: url.href,
      assistantUrl: user.urlFor(url.href),
      async [Symbol.asyncDispose]() {
        await giveBack(number)
        await user[Symbol.asyncDispose]()
      },
    }
  } finally {
    await registry.quit()
  }
}

async function takeNumber(registry: Redis): Promise<number> {
  for (let number = 1; number < DATABASES; number++) {
    if (await registry.set(keyOf(number), process.pid, 'EX', LEASE_SECONDS, 'NX')) return number
  }
  throw new Error('every Redis database is taken: does a test not dispose its own?')
}

async function giveBack(number: number): Promise<void> {
  const registry = new Redis(serverUrls().redis)
  await registry.del(keyOf(number))
  await registry.quit()
}

async function flush(url: string): Promise<void> {
  const redis = new Redis(url)
  await redis.flushdb()
  await redis.quit()
}

const keyOf = (number: number) => `test-kit:database:${number}`
