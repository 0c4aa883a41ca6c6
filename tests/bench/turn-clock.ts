import type { Pool } from '@waybill/database'

/** By PostgreSQL's clock, which the turns are stamped with. */
export async function databaseNow(pool: Pool): Promise<Date> {
  const { rows } = await pool.query<{ now: Date }>('SELECT clock_timestamp() AS now')
  return rows[0]?.now ?? new Date()
}

/** Turns a second since then, without the first third of them: until then compilers and caches are cold. */
export async function warmTurnRate(pool: Pool, since: Date): Promise<number> {
  const { rows } = await pool.query<{ rate: number }>(
    `WITH mine AS (SELECT committed_at, ntile(3) OVER (ORDER BY committed_at) AS third FROM turns WHERE committed_at > $1)
     SELECT (count(*) / extract(epoch FROM max(committed_at) - min(committed_at)))::float AS rate FROM mine WHERE third > 1`,
    [since],
  )
  return rows[0]?.rate ?? 0
}
