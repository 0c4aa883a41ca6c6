import type { Pool } from './pool.ts'

/** Rows that one transaction moves: short enough for whoever waits for one of them. */
const MOVED_AT_ONCE = 1_000
/** Of one table in one run: what is left comes next time. */
const BATCHES_MAX = 200
const DAY_MS = 86_400_000
/**
 * A row stays for a day longer than intake takes what is as old: a clock that is wrong by less lets no message in whose row
 * has left.
 */
const MARGIN_MS = DAY_MS

export type RetentionPolicy = { hotDays: number; archiveDays: number }
export type RetentionRun = {
  /** Rows by the table that they left, without tables that none has left. */
  moved: Record<string, number>
  /** Months of the archive, as its tables are called. */
  dropped: string[]
}

/**
 * Moves what is over and older than the hot period into the archive, a short transaction at a time, and drops the months that
 * are older than the archive period. Safe to break off, and to run from several places at once: one does it.
 */
export async function retain(
  pool: Pool,
  { hotDays, archiveDays }: RetentionPolicy,
  signal: AbortSignal,
): Promise<RetentionRun> {
  const startedAt = Date.now()
  const before = new Date(startedAt - hotDays * DAY_MS - MARGIN_MS)
  const from = new Date(startedAt - archiveDays * DAY_MS)
  const { rows: months } = await pool.query<{ dropped: string }>(
    'SELECT dropped FROM archive.turn_months($1)',
    [from],
  )
  const { rows: rules } = await pool.query<{ source: string }>('SELECT source FROM archive.rules')
  const run: RetentionRun = { moved: {}, dropped: months.map(({ dropped }) => dropped) }
  try {
    for (const { source } of rules) {
      const moved = await moveAll(pool, [source, before, from], signal)
      if (moved > 0) run.moved[source] = moved
    }
  } finally {
    if (run.dropped.length > 0 || Object.keys(run.moved).length > 0) {
      await pool.query(`INSERT INTO audit (action, detail) VALUES ('retention.ran', $1)`, [
        { ...run, ms: Date.now() - startedAt },
      ])
    }
  }
  return run
}

/** On record: so many files of drivers were older than they are to be kept. */
export async function auditFilesRemoved(pool: Pool, files: number): Promise<void> {
  await pool.query(`INSERT INTO audit (action, detail) VALUES ('retention.files-removed', $1)`, [{ files }])
}

async function moveAll(
  pool: Pool,
  what: readonly [source: string, before: Date, from: Date],
  signal: AbortSignal,
): Promise<number> {
  let all = 0
  for (let batch = 0; batch < BATCHES_MAX && !signal.aborted; batch += 1) {
    const { rows } = await pool.query<{ moved: number }>({
      name: 'archive-move',
      text: 'SELECT archive.move($1, $2, $3, $4) AS moved',
      values: [...what, MOVED_AT_ONCE],
    })
    const moved = rows[0]?.moved ?? 0
    all += moved
    if (moved < MOVED_AT_ONCE) break
  }
  return all
}
