import type { Pool } from './pool.ts'

/** Something that dispatchers are to hear, as it is written down. Held back for `delayMs`, while it can be withdrawn. */
export type NewNotice = {
  id: string
  kind: string
  priority: 'low' | 'normal' | 'high' | 'urgent'
  /** What happened, for the dispatcher. */
  text: string
  /** The driver's own words, where there are any. */
  reason?: string | undefined
  delayMs?: number | undefined
}

/** One attempt to tell dispatchers. `told`: the channels that have it from an earlier attempt. */
export type PendingNotice = {
  id: string
  kind: string
  priority: NewNotice['priority']
  driverId: string | null
  driverName: string | null
  text: string
  reason: string | null
  told: string[]
  attempts: number
}

export type NoticeOutcome = { told: readonly string[] } & (
  | { kind: 'sent' }
  | { kind: 'retry'; error: string; delayMs: number }
  | { kind: 'dead'; error: string }
)

/** `undefined`: not due, told already, withdrawn, or in somebody's hands. */
export async function claimNotice(pool: Pool, id: string, ttlMs: number): Promise<PendingNotice | undefined> {
  const { rows } = await pool.query<{ notice: PendingNotice }>({
    name: 'claim-notice',
    text: 'SELECT notice FROM claim_notice($1, $2)',
    values: [id, ttlMs],
  })
  return rows[0]?.notice
}

/** `false`: somebody else has claimed the notice since. */
export async function settleNotice(
  pool: Pool,
  { id, attempts }: Pick<PendingNotice, 'id' | 'attempts'>,
  outcome: NoticeOutcome,
): Promise<boolean> {
  const { rows } = await pool.query<{ settled: boolean }>({
    name: 'settle-notice',
    text: 'SELECT settle_notice($1, $2, $3) AS settled',
    values: [id, attempts, outcome],
  })
  return rows[0]?.settled === true
}

/** Notices that have been due for `graceMs` and that nobody is on, oldest first. */
export async function strandedNotices(
  pool: Pool,
  options: { graceMs: number; limit: number },
): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>({
    name: 'stranded-notices',
    text: 'SELECT id FROM stranded_notices($1, $2)',
    values: [options.graceMs, options.limit],
  })
  return rows.map(({ id }) => id)
}
