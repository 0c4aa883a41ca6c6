import { type LaneKind, type Pool, renewLane } from '@waybill/database'
import type { Logger } from 'pino'

type Held = {
  pool: Pool
  kind: LaneKind
  key: string
  epoch: string
  ttlMs: number
  renewMs: number
  log: Logger
}

/** Renews a lease until disposed. Its signal is aborted when somebody else holds the lane. */
export function keepLease({
  pool,
  kind,
  key,
  epoch,
  ttlMs,
  renewMs,
  log,
}: Held): Disposable & { signal: AbortSignal } {
  const lost = new AbortController()
  const timer = setInterval(() => {
    renewLane(pool, { kind, key, epoch }, ttlMs).then(
      (isHeld) => {
        if (!isHeld) lost.abort(new Error('the lane was taken by somebody else'))
      },
      (error: unknown) => log.warn({ err: error }, 'a lease could not be renewed'),
    )
  }, renewMs)
  return { signal: lost.signal, [Symbol.dispose]: () => clearInterval(timer) }
}
