import { dispatchNoticeRaised } from '@waybill/contracts'
import {
  claimNotice,
  type NoticeOutcome,
  type PendingNotice,
  type Pool,
  settleNotice,
} from '@waybill/database'
import type { Delivery, Messaging } from '@waybill/messaging'
import type { Logger } from 'pino'
import type { Channel } from './channel.ts'
import type { Metrics } from './metrics.ts'

type Deps = {
  pool: Pool
  messaging: Pick<Messaging, 'deadLetter'>
  channels: readonly Channel[]
  metrics: Metrics
  log: Logger
  attemptsMax: number
  /** Outlasts the slowest attempt. */
  leaseMs: number
  random: () => number
}
type Handler = (delivery: Pick<Delivery<typeof dispatchNoticeRaised>, 'payload'>) => Promise<void>

const BACKOFF_MS_MIN = 1_000
const BACKOFF_MS_MAX = 10 * 60_000

/**
 * Tells dispatchers what a notice says, over every channel that does not have it yet. A failure is written down in
 * the row, which the scheduler brings back; the last one goes to the dead letters. Throws only without PostgreSQL
 * or the broker, and then the scheduler brings the notice back too.
 */
export function tellDispatch(deps: Deps): Handler {
  const { pool, messaging, channels, metrics, log } = deps

  return async ({ payload: { noticeId } }) => {
    try {
      const notice = await claimNotice(pool, noticeId, deps.leaseMs)
      if (!notice) return
      const outcome = await attempt(notice)
      if (outcome.kind === 'dead') {
        // Before the row is closed: a crash in between leaves two dead letters and never none.
        const letter = Buffer.from(JSON.stringify({ noticeId }))
        await messaging.deadLetter(dispatchNoticeRaised, letter, outcome.error, { messageId: noticeId })
      }
      if (await settleNotice(pool, notice, outcome))
        metrics.notices.inc({ kind: notice.kind, outcome: outcome.kind })
    } catch (error) {
      log.warn({ err: error, noticeId }, 'a notice was left to the sweeper')
    }
  }

  async function attempt(notice: PendingNotice): Promise<NoticeOutcome> {
    const told = [...notice.told]
    const errors: string[] = []
    await Promise.all(
      channels
        .filter(({ name }) => !told.includes(name))
        .map(async ({ name, tell }) => {
          try {
            await tell(notice)
            told.push(name)
            metrics.told.inc({ channel: name, outcome: 'told' })
          } catch (error) {
            errors.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
            metrics.told.inc({ channel: name, outcome: 'failed' })
          }
        }),
    )
    if (errors.length === 0) return { kind: 'sent', told }
    const error = errors.join('; ')
    const { id, attempts } = notice
    log.warn({ noticeId: id, attempts, reason: error }, 'dispatchers could not be told')
    if (attempts >= deps.attemptsMax) return { kind: 'dead', told, error }
    return { kind: 'retry', told, error, delayMs: backoffMs(attempts, deps.random) }
  }
}

/** 1 s, 2 s, 4 s … ten minutes, less up to a half of it. */
export function backoffMs(attempts: number, random: () => number): number {
  const ceilingMs = Math.min(BACKOFF_MS_MIN * 2 ** (attempts - 1), BACKOFF_MS_MAX)
  return Math.round(ceilingMs / 2 + (random() * ceilingMs) / 2)
}
