import { randomUUID } from 'node:crypto'
import type pg from 'pg'

/** A driver who has been on file for a year; his phone is made of his id. */
export async function addDriver(
  pool: pg.Pool,
  timeZone: string,
  columns: Record<string, string | null> = {},
) {
  const id = `driver-${randomUUID()}`
  const phone = String(Math.floor(Math.random() * 1e12)).padStart(12, '1')
  const names = ['status', 'check_in_at', 'check_in_until', 'created_at'].filter((name) => name in columns)
  await pool.query(
    `INSERT INTO drivers (id, name, time_zone, created_at) VALUES ($1, 'Ana', $2, '2025-01-01')`,
    [id, timeZone],
  )
  for (const name of names) {
    await pool.query(`UPDATE drivers SET ${name} = $2 WHERE id = $1`, [id, columns[name]])
  }
  await pool.query(`INSERT INTO identities (kind, value, driver_id) VALUES ('phone', $1, $2)`, [phone, id])
  return { id, phone }
}
