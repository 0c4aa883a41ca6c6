import { createBreaker } from '@waybill/resilience'
import type { CloudApi } from '@waybill/whatsapp'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Metrics } from './metrics.ts'

type Deps = { cloudApi: Pick<CloudApi, 'markRead'>; registry: Registry; log: Logger; metrics: Metrics }
export type Presence = Disposable & { markRead(of: { wamid: string; showTyping: boolean }): Promise<void> }

const PRESENCE_MS_MAX = 3_000
const CALLS_IN_FLIGHT_MAX = 50

/** Blue ticks and "typing…". A courtesy: the first thing to be dropped, and never a reason to fail. */
export function showPresence({ cloudApi, registry, log, metrics }: Deps): Presence {
  const breaker = createBreaker(
    { name: 'whatsapp-presence', registry, log, timeoutMs: PRESENCE_MS_MAX, capacity: CALLS_IN_FLIGHT_MAX },
    (signal: AbortSignal, of: { wamid: string; showTyping: boolean }) => cloudApi.markRead(of, signal),
  )
  return {
    async markRead(of) {
      try {
        await breaker.call(of)
        metrics.presence.inc({ outcome: 'shown' })
      } catch {
        metrics.presence.inc({ outcome: 'dropped' })
      }
    },
    [Symbol.dispose]: () => breaker[Symbol.dispose](),
  }
}
