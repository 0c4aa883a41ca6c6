import { type orderCommandsReady, outboundReady } from '@waybill/contracts'
import {
  type CommandOutcome,
  type CommandWork,
  claimCommand,
  type PendingCommand,
  type Pool,
  settleCommand,
} from '@waybill/database'
import type { Delivery, Messaging } from '@waybill/messaging'
import { textMessage } from '@waybill/whatsapp'
import type { Logger } from 'pino'
import type { Metrics } from '../metrics.ts'
import { REPLIES } from '../replies/replies.ts'
import { publishHint } from '../turns/publish-hint.ts'
import { ComeBackLaterError } from './order-system.ts'
import { type Command, readCommand, type Writes } from './read-command.ts'

/** Writes throw when the order system can't be reached or wants to be asked later. */
type Deps = Writes & {
  pool: Pool
  messaging: Pick<Messaging, 'publish'>
  metrics: Metrics
  log: Logger
  owner: string
  leaseMs: number
  stopping: AbortSignal
  random: () => number
}

const BACKOFF_MS_MIN = 1_000
const BACKOFF_MS_MAX = 60_000

/** Brings what drivers have said to the order system, in the order in which they said it, until it has it. Never throws. */
export function workCommands(deps: Deps): (delivery: Delivery<typeof orderCommandsReady>) => Promise<void> {
  const { pool, metrics, log, owner, leaseMs, stopping } = deps
  const lease = { owner, ttlMs: leaseMs }

  return async ({ payload: { driverId }, isRedelivered, signal }) => {
    try {
      const claim = await claimCommand(pool, driverId, { ...lease, steal: isRedelivered })
      let work: CommandWork = claim.work
      while (work.state === 'run' && !signal.aborted && !stopping.aborted) {
        const { command } = work
        const known = readCommand(command.kind, command.payload)
        const outcome = await attempt(driverId, command, known)
        metrics.commands.inc({ command: known?.label ?? 'unknown', outcome: outcome.kind })
        const { id, conversationId } = command
        const settled = { epoch: claim.epoch, lease, id, outcome }
        work = await settleCommand(pool, { driverId, conversationId }, settled)
        if (work.state === 'fenced') metrics.fenced.inc({ lane: 'order-commands' })
        else if (outcome.kind === 'rejected') {
          await publishHint(deps, outboundReady, { conversationId })
        }
      }
    } catch (error) {
      metrics.infrastructureErrors.inc({ step: 'order-commands' })
      log.warn({ err: error, driverId }, 'order commands were given back')
    }
  }

  async function attempt(
    driverId: string,
    { id, attempts }: PendingCommand,
    command: Command | undefined,
  ): Promise<CommandOutcome> {
    if (!command) {
      return {
        kind: 'rejected',
        error: 'not a command that is known here',
        reply: { message: textMessage(REPLIES.en.talk.apology) },
      }
    }
    try {
      const outcome = await command.passOn(deps, { driverId, idempotencyKey: id })
      if (outcome.kind === 'done') return outcome
      return { kind: 'rejected', error: outcome.reason, reply: { message: textMessage(command.refusal) } }
    } catch (error) {
      log.warn({ err: error, attempts }, 'an order command has to wait')
      return {
        kind: 'retry',
        error: error instanceof Error ? error.message : String(error),
        delayMs: delayMs(error, attempts),
      }
    }
  }

  /** 1 s, 2 s, 4 s … one minute, with jitter; never earlier than the order system asked for. */
  function delayMs(error: unknown, attempts: number): number {
    const ceilingMs = Math.min(BACKOFF_MS_MIN * 2 ** Math.min(attempts - 1, 10), BACKOFF_MS_MAX)
    const ownMs = Math.round(ceilingMs / 2 + (deps.random() * ceilingMs) / 2)
    return error instanceof ComeBackLaterError
      ? Math.max(ownMs, Math.min(error.delayMs, BACKOFF_MS_MAX))
      : ownMs
  }
}
