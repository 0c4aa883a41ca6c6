import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Redis } from 'ioredis'

const RULES = new URL('../../redis/assistant.acl', import.meta.url)

export type RedisUser = AsyncDisposable & {
  /** The same URL, with this user. */
  urlFor(redisUrl: string): string
}

/**
 * Somebody who may do at a Redis what the assistants may, under a name of his own: others may share it. He goes when it is
 * disposed, which throws if he was refused anything.
 */
export async function createRedisUser(redisUrl: string): Promise<RedisUser> {
  const user = { username: `assistant.${randomUUID()}`, password: randomUUID() }
  const rules = readFileSync(RULES, 'utf8').trim().split(' ')
  await withAdmin(redisUrl, async (admin) => {
    await admin.call('ACL', 'SETUSER', user.username, 'reset', 'on', `>${user.password}`, ...rules)
    // For when it is started again. One without a file for its users is not.
    await admin.call('ACL', 'SAVE').catch(() => {})
  })
  return {
    urlFor: (url) => Object.assign(new URL(url), user).href,
    async [Symbol.asyncDispose]() {
      const log = await withAdmin(redisUrl, async (admin) => {
        await admin.call('ACL', 'DELUSER', user.username)
        return JSON.stringify(await admin.call('ACL', 'LOG'))
      }).catch(() => '') // it may have been stopped before
      if (log.includes(user.username))
        throw new Error(`Redis has refused something to ${user.username}: see its ACL LOG`)
    },
  }
}

async function withAdmin<T>(url: string, work: (admin: Redis) => Promise<T>): Promise<T> {
  const admin = new Redis(url, { maxRetriesPerRequest: 1 })
  admin.on('error', () => {})
  try {
    return await work(admin)
  } finally {
    admin.disconnect()
  }
}
