import type { Logger } from 'pino'
import { z } from 'zod'
import type { ReachableRedis } from '../session/reach-redis.ts'
import { languageSchema } from '../session/session.ts'
import type { Understood } from './share-understanding.ts'

/** Readings that drivers share. Can be lost at any time. Never throws. */
export type UnderstandingCache = {
  read(key: string): Promise<Understood | undefined>
  /** Nobody waits for it. */
  write(key: string, what: Understood): Promise<void>
}

const TTL_SECONDS = 24 * 60 * 60
const ENTRIES_MAX = 20_000
const INDEX = 'understandings'

// Keeps the entry, and forgets the oldest ones beyond the bound.
const KEEP = `redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[3], KEYS[1])
redis.call('EXPIRE', KEYS[2], ARGV[2])
local surplus = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[4])
if surplus > 0 then
  local oldest = redis.call('ZPOPMIN', KEYS[2], surplus)
  for at = 1, #oldest, 2 do redis.call('DEL', oldest[at]) end
end
return surplus`

const schema = z.object({
  calls: z
    .array(z.object({ name: z.string(), args: z.record(z.string(), z.unknown()) }))
    .min(1)
    .max(3),
  language: languageSchema.optional(),
  model: z.string(),
})

type Deps = { redis: Pick<ReachableRedis, 'call'>; log: Logger; entriesMax?: number }

export function createUnderstandingCache({ redis, log, entriesMax = ENTRIES_MAX }: Deps): UnderstandingCache {
  return {
    async read(key) {
      try {
        const stored = await redis.call((it) => it.get(key))
        return stored === null ? undefined : schema.safeParse(JSON.parse(stored)).data
      } catch (error) {
        log.debug({ err: error }, 'the understanding cache could not be read')
        return undefined
      }
    },
    async write(key, what) {
      const value = JSON.stringify(what)
      try {
        await redis.call((it) => it.eval(KEEP, 2, key, INDEX, value, TTL_SECONDS, Date.now(), entriesMax))
      } catch (error) {
        log.debug({ err: error }, 'the understanding cache could not be written')
      }
    },
  }
}
