import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { again, type Fault } from './fault.ts'

const FLUSH_MS = 2_000

export const REDIS_FAULTS: readonly Fault[] = [
  {
    name: 'kill-redis',
    what: 'Redis is killed, and comes back empty',
    async inject({ servers }, { step, holdMs }) {
      step('kill -9 redis')
      await servers.kill('redis', 'SIGKILL')
      await delay(holdMs)
      await servers.restart('redis')
    },
  },
  {
    name: 'flush-redis',
    what: 'Redis forgets everything, again and again',
    async inject({ servers }, injection) {
      const redis = new Redis(servers.redisUrl)
      await again(FLUSH_MS, injection, () => {
        injection.step('FLUSHALL')
        return redis.flushall()
      })
      redis.disconnect()
    },
  },
  {
    name: 'hang-redis',
    what: 'Redis is there, and says nothing',
    async inject({ lines }, { step, holdMs }) {
      step('silence Redis')
      lines.redis.set({ dropUp: true, dropDown: true })
      await delay(holdMs)
      lines.redis.set({})
      lines.redis.resetAll()
    },
  },
]
