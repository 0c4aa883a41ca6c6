import type { Pool } from '@waybill/database'
import type { Messaging } from '@waybill/messaging'
import type { Logger } from 'pino'
import type { RateLimits } from '../limits/rate-limits.ts'
import type { Metrics } from '../metrics.ts'
import type { Memory } from '../session/memory.ts'
import type { DraftDeps } from './draft-turn.ts'

/** A message that fails this often is set aside for a person. */
export const ATTEMPTS_MAX = 5

export type LeaseTimes = { ttlMs: number; renewMs: number }

export type TurnDeps = DraftDeps & {
  pool: Pool
  messaging: Pick<Messaging, 'publish' | 'deadLetter'>
  memory: Memory
  limits: RateLimits
  metrics: Metrics
  log: Logger
  owner: string
  lease: LeaseTimes
  /** How long a photo waits for the rest of its album. */
  albumQuietMs: number
  /** Aborted when the process has no more time. */
  stopping: AbortSignal
  now: () => number
  random: () => number
}
