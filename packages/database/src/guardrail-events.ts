import type { Pool } from './pool.ts'

/** How many messages of a driver the guardrails have blocked within the last so many ms, and since dispatch last let him write. */
export async function countBlocked(pool: Pool, driverId: string, withinMs: number): Promise<number> {
  const { rows } = await pool.query<{ count: number }>({
    name: 'count-blocked',
    text: `SELECT count(DISTINCT wamid)::int AS count
           FROM within(NULL, $1) w, LATERAL (SELECT * FROM guardrail_events WHERE driver_id = w.driver OFFSET 0) g
           WHERE direction = 'input' AND action = 'block' AND at > greatest(now() - milliseconds($2::int),
             (SELECT max(at) FROM audit WHERE driver_id = $1 AND action = 'driver.active'))`,
    values: [driverId, withinMs],
  })
  return rows[0]?.count ?? 0
}
