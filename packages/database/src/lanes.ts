import type { Pool } from './pool.ts'

export type LaneKind = 'inbound' | 'outbound' | 'order-commands'
export type StrandedLane = { kind: LaneKind; key: string; isBroadcast: boolean }

/** Keeps a lease alive. `false`: somebody else holds the lane now, so stop working. */
export async function renewLane(
  pool: Pool,
  lane: { kind: LaneKind; key: string; epoch: string },
  ttlMs: number,
): Promise<boolean> {
  const { rows } = await pool.query<{ renewed: boolean }>({
    name: 'renew-lane',
    text: 'SELECT renew_lane($1, $2, $3, $4) AS renewed',
    values: [lane.kind, lane.key, lane.epoch, ttlMs],
  })
  return rows[0]?.renewed === true
}

/** Lanes with work older than `graceMs` that nobody is on, oldest work first. */
export async function strandedLanes(
  pool: Pool,
  options: { graceMs: number; limit: number },
): Promise<StrandedLane[]> {
  const { rows } = await pool.query<StrandedLane>({
    name: 'stranded-lanes',
    text: 'SELECT kind, key, is_broadcast AS "isBroadcast" FROM stranded_lanes($1, $2)',
    values: [options.graceMs, options.limit],
  })
  return rows
}
