import type { Reply } from './inbound-lane.ts'
import type { Pool } from './pool.ts'
import { withOrigin } from './with-origin.ts'

/** A driver's word on its way to the order system. `id` is its Idempotency-Key. */
export type PendingCommand = {
  id: string
  kind: string
  payload: unknown
  attempts: number
  conversationId: string
}

export type CommandWork =
  | { state: 'run'; command: PendingCommand }
  | { state: 'busy' | 'later' | 'empty' | 'fenced' }

export type CommandOutcome =
  | { kind: 'done' }
  | { kind: 'retry'; error: string; delayMs: number }
  /** The order system has refused for good: `reply` tells the driver. */
  | { kind: 'rejected'; error: string; reply: Reply }

type CommandLease = { owner: string; ttlMs: number }
type Row = { state: CommandWork['state']; epoch: string; command: PendingCommand | null }

export async function claimCommand(
  pool: Pool,
  driverId: string,
  lease: CommandLease & { steal: boolean },
): Promise<{ epoch: string; work: CommandWork }> {
  const { rows } = await pool.query<Row>({
    name: 'claim-command',
    text: 'SELECT state, epoch, command FROM within(NULL, $1) w, claim_command(w.driver, $2, $3, $4)',
    values: [driverId, lease.owner, lease.ttlMs, lease.steal],
  })
  return { epoch: rows[0]?.epoch ?? '0', work: workOf(rows[0]) }
}

export async function settleCommand(
  pool: Pool,
  { driverId, conversationId }: { driverId: string; conversationId: string },
  { epoch, lease, id, outcome }: { epoch: string; lease: CommandLease; id: string; outcome: CommandOutcome },
): Promise<CommandWork> {
  const settled = outcome.kind === 'rejected' ? { ...outcome, reply: withOrigin(outcome.reply) } : outcome
  const { rows } = await pool.query<Row>({
    name: 'settle-command',
    text: 'SELECT state, command FROM within($7, $1) w, settle_command(w.driver, $2, $3, $4, $5, $6)',
    values: [driverId, lease.owner, epoch, lease.ttlMs, id, settled, conversationId],
  })
  return workOf(rows[0])
}

function workOf(row: Row | undefined): CommandWork {
  if (row?.state === 'run' && row.command) return { state: 'run', command: row.command }
  return { state: row && row.state !== 'run' ? row.state : 'empty' }
}
