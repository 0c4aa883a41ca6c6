import { Counter, type Registry } from 'prom-client'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { ReachableRedis } from '../session/reach-redis.ts'
import { SLIDING_WINDOW } from './sliding-window.ts'

export type RateConfig = { driverMessages: number; driverWindowSeconds: number; allTurnsPerSecond: number }
/** `driver`: this one writes too much. `all`: everybody together does. */
export type Admittance = { kind: 'admitted' } | { kind: 'refused'; scope: 'driver' | 'all'; waitMs: number }
export type RateLimits = {
  /** How long a driver's window is. */
  readonly windowMs: number
  /** Takes from both limits at once. Never throws. */
  admit(conversationId: string, messages: number): Promise<Admittance>
}

const EVERYBODY = 'all'

type Deps = { redis: Pick<ReachableRedis, 'client' | 'call'>; config: RateConfig; registry: Registry }

/**
 * How much a driver, and all of them, may ask for: in Redis for all assistants together. Without Redis each of them
 * counts for itself, so that what is let through has a bound and nobody is kept out for a fault of ours.
 */
export function createRateLimits({ redis, config, registry }: Deps): RateLimits {
  const metrics = metricsOf(registry)
  const limits = {
    driver: { points: config.driverMessages, duration: config.driverWindowSeconds, keyPrefix: 'rate:driver' },
    all: { points: config.allTurnsPerSecond, duration: 1, keyPrefix: 'rate' },
  }
  const shared = {
    storeClient: redis.client,
    rejectIfRedisNotReady: true,
    customIncrTtlLuaScript: SLIDING_WINDOW,
  }
  const inRedis = {
    driver: new RateLimiterRedis({ ...limits.driver, ...shared }),
    all: new RateLimiterRedis({ ...limits.all, ...shared }),
  }
  const inProcess = { driver: new RateLimiterMemory(limits.driver), all: new RateLimiterMemory(limits.all) }

  async function waitFor(scope: 'driver' | 'all', key: string, points: number): Promise<number> {
    try {
      return await redis.call(() => waitOf(inRedis[scope].consume(key, points)))
    } catch {
      metrics.degraded.inc()
      return waitOf(inProcess[scope].consume(key, points))
    }
  }

  return {
    windowMs: config.driverWindowSeconds * 1_000,
    async admit(conversationId, messages) {
      // A turn with more messages than the window holds must get in some time.
      const points = Math.min(messages, config.driverMessages)
      const [driverMs, allMs] = await Promise.all([
        waitFor('driver', conversationId, points),
        waitFor('all', EVERYBODY, 1),
      ])
      if (driverMs === 0 && allMs === 0) return { kind: 'admitted' }
      const scope = driverMs > 0 ? 'driver' : 'all'
      metrics.refused.inc({ scope })
      return { kind: 'refused', scope, waitMs: Math.max(driverMs, allMs) }
    },
  }
}

/** 0: it was let in. */
async function waitOf(consumed: Promise<RateLimiterRes>): Promise<number> {
  try {
    await consumed
    return 0
  } catch (error) {
    if (error instanceof RateLimiterRes) return error.msBeforeNext
    throw error
  }
}

function metricsOf(registry: Registry) {
  const registers = [registry]
  return {
    refused: new Counter({
      name: 'waybill_rate_limited_turns_total',
      help: 'Turns that have to wait, by whose limit it is: driver or all',
      labelNames: ['scope'],
      registers,
    }),
    degraded: new Counter({
      name: 'waybill_rate_limits_in_process_total',
      help: 'Limits that were counted in the process because Redis did not answer',
      registers,
    }),
  }
}
