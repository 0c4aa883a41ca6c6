import { setTimeout as delay } from 'node:timers/promises'
import { claimSend, type Pacing, type Pool, type Send, type SendWork, settleSend } from '@waybill/database'
import { continueFrom, inSpan } from '@waybill/tracing'
import type { SendOutcome } from '@waybill/whatsapp'
import type { Logger } from 'pino'
import type { AttemptSend } from './attempt-send.ts'
import type { Metrics } from './metrics.ts'
import { settledOutcomeOf } from './settle-outcome.ts'
import type { Presence } from './show-presence.ts'

type Deps = {
  pool: Pool
  attempt: AttemptSend
  presence: Pick<Presence, 'markRead'>
  metrics: Pick<Metrics, 'fenced' | 'cancelled'>
  log: Logger
  owner: string
  pacing: Pacing
  /** Between the attempts to write something down while PostgreSQL is away. */
  databaseWaitsMs: readonly number[]
}
type Hint = { payload: { conversationId: string }; isRedelivered: boolean }

// Outlasts the wait for the rate and the longest call to WhatsApp.
const LEASE_MS = 45_000
// A sender that was frozen longer than this no longer trusts its claim.
const CLAIM_MS_MAX = 10_000
// Shorter waits are sat out here, longer ones are left to the sweeper.
const WAIT_MS_MAX = 2_000

/**
 * Works a conversation's replies off, oldest first, one at a time. What goes wrong is written down in the lane,
 * so the hint is done either way. A redelivered hint takes the lane over: its last holder is gone or cut off, and
 * a row that it was sending becomes `unknown` instead of being sent again.
 */
export function sendLane({ pool, attempt, presence, metrics, log, owner, pacing, databaseWaitsMs }: Deps) {
  const lease = { owner, ttlMs: LEASE_MS, pacing }

  return async ({ payload: { conversationId }, isRedelivered }: Hint): Promise<void> => {
    try {
      let steal = isRedelivered
      for (;;) {
        const { epoch, work } = await persist(() => {
          const claim = claimSend(pool, conversationId, { ...lease, steal })
          steal = true // a claim whose answer was lost would hold the lane for as long as its lease
          return claim
        })
        steal = false
        metrics.cancelled.inc(work.cancelled ?? 0)
        const last = await workOff(conversationId, epoch, work)
        if (last.state !== 'later' || last.waitMs > WAIT_MS_MAX) return
        await delay(last.waitMs)
      }
    } catch (error) {
      log.warn({ err: error, conversationId }, 'a lane was left to the sweeper')
    }
  }

  async function workOff(conversationId: string, epoch: string, first: SendWork): Promise<SendWork> {
    let work = first
    while (work.state === 'run') {
      const { send } = work
      work = await continueFrom(send, () => sendAndSettle(conversationId, epoch, send))
    }
    return work
  }

  function sendAndSettle(conversationId: string, epoch: string, send: Send): Promise<SendWork> {
    const attributes = {
      'waybill.attempt': send.attempt,
      'waybill.form': send.form,
      'waybill.priority': send.priority,
    }
    return inSpan(
      'send',
      () => ({ attributes }),
      async (span) => {
        const outcome = await sendNow(send)
        span?.setAttributes({ 'waybill.outcome': outcome.kind })
        if (outcome.kind === 'accepted' && send.replyTo) {
          void presence.markRead({ wamid: send.replyTo, showTyping: false })
        }
        if (outcome.kind === 'pause')
          log.error({ ...outcome }, 'WhatsApp has shut the number out: a person is needed')
        else if (outcome.kind !== 'accepted')
          log.warn({ conversationId, outboundId: send.id, ...outcome }, 'not sent')
        const settled = { epoch, lease, id: send.id, outcome: settledOutcomeOf(outcome, send) }
        const next = await persist(() => settleSend(pool, conversationId, settled))
        metrics.cancelled.inc(next.cancelled ?? 0)
        if (next.state === 'fenced') metrics.fenced.inc({ lane: 'outbound' })
        return next
      },
    )
  }

  /** Both may be repeated: what has been written is written, and a lane that has moved on is fenced. */
  async function persist<Result>(query: () => Promise<Result>): Promise<Result> {
    for (const waitMs of databaseWaitsMs) {
      try {
        return await query()
      } catch (error) {
        log.warn({ err: error }, 'PostgreSQL did not take it, trying on')
        await delay(waitMs)
      }
    }
    return query()
  }

  async function sendNow(send: Send): Promise<SendOutcome> {
    const claimedAt = performance.now()
    if (send.sendAfterMs > 0) await delay(send.sendAfterMs)
    if (performance.now() - claimedAt > CLAIM_MS_MAX) {
      return { kind: 'retry', scope: 'message', reason: 'claim too old to be trusted', delayMs: 0 }
    }
    return attempt(send)
  }
}
