import type pg from 'pg'

type Queryable = Pick<pg.Pool, 'query'>

/** Rows that one statement seals. Its links are made one after the other. */
const SEALED_AT_ONCE = 2_000
const CHECKED_AT_ONCE = 5_000

/** Brings what is new of the audit to the end of its chain. Returns how many rows; 0 also while somebody else does it. */
export async function sealAudit(pool: Queryable): Promise<number> {
  let all = 0
  for (;;) {
    const { rows } = await pool.query<{ sealed: number }>('SELECT seal_audit($1) AS sealed', [SEALED_AT_ONCE])
    const sealed = rows[0]?.sealed ?? 0
    all += sealed
    if (sealed < SEALED_AT_ONCE) return all
  }
}

/** How old the oldest row is that has no link yet, in seconds; 0 when all have one. */
export async function oldestUnsealed(pool: Queryable): Promise<number> {
  const { rows } = await pool.query<{ seconds: number }>({
    name: 'oldest-unsealed',
    text: `SELECT coalesce(extract(epoch FROM clock_timestamp() - min(at)), 0)::float8 AS seconds FROM unsealed_audit(1)`,
  })
  return rows[0]?.seconds ?? 0
}

export type AuditProblem = 'missing' | 'link' | 'gone' | 'changed' | 'erased' | 'late' | 'unlinked'
export type AuditDay = { day: string; rows: number; erased: number; lastLink: string }
export type CheckedAudit = {
  days: AuditDay[]
  /** In the order of the chain. One that is broken is checked no further than the links after it allow. */
  problems: { auditId: string; problem: AuditProblem }[]
  /** Rows that the sealer has yet to come to. */
  unsealed: number
}

type Row = {
  seq: string
  audit_id: string
  sealed_at: Date
  link: Buffer
  is_erased: boolean
  problem: Exclude<AuditProblem, 'unlinked'> | null
}

/** Follows the chain from its first link to its last, through every row. */
export async function checkAudit(pool: Queryable): Promise<CheckedAudit> {
  const days = new Map<string, AuditDay>()
  const problems: CheckedAudit['problems'] = []
  for (let after = '0'; ; ) {
    const { rows } = await pool.query<Row>(
      'SELECT seq, audit_id, sealed_at, link, is_erased, problem FROM check_audit($1, $2)',
      [after, CHECKED_AT_ONCE],
    )
    for (const row of rows) {
      const day = row.sealed_at.toISOString().slice(0, 10)
      const soFar = days.get(day) ?? { day, rows: 0, erased: 0, lastLink: '' }
      days.set(day, {
        ...soFar,
        rows: soFar.rows + 1,
        erased: soFar.erased + Number(row.is_erased),
        lastLink: row.link.toString('hex'),
      })
      if (row.problem) problems.push({ auditId: row.audit_id, problem: row.problem })
      after = row.seq
    }
    if (rows.length === 0) break
  }
  const { rows: unlinked } = await pool.query<{ id: string; isOld: boolean }>(
    `SELECT a.id, NOT EXISTS (SELECT 1 FROM unsealed_audit(NULL) u WHERE u.id = a.id) AS "isOld" FROM audit a
      WHERE NOT EXISTS (SELECT 1 FROM audit_links l WHERE l.audit_id = a.id) ORDER BY a.id`,
  )
  for (const { id, isOld } of unlinked) if (isOld) problems.push({ auditId: id, problem: 'unlinked' })
  return { days: [...days.values()], problems, unsealed: unlinked.filter(({ isOld }) => !isOld).length }
}
