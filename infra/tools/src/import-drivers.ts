import pg from 'pg'
import type { DriverRow } from './driver-file.ts'

const CONNECT_MS_MAX = 10_000

const UPSERT = `
  INSERT INTO drivers (id, name, status, language, time_zone, check_in_at, check_in_until, permissions)
  SELECT id, name, status, language, "timeZone", "checkInAt", "checkInUntil", permissions FROM jsonb_to_recordset($1)
    AS given (id text, name text, status text, language text, "timeZone" text, "checkInAt" time, "checkInUntil" time,
    permissions text[])
  ON CONFLICT (id) DO UPDATE SET name = excluded.name,
    status = CASE WHEN drivers.status = 'suspended' AND excluded.status = 'active' THEN 'suspended' ELSE excluded.status END,
    language = excluded.language,
    time_zone = excluded.time_zone, check_in_at = excluded.check_in_at,
    check_in_until = excluded.check_in_until, permissions = excluded.permissions`

// A driver's own STOP is the driver's to take back.
const CONSENT = `
  WITH changed AS (
    UPDATE drivers d SET opted_out_at = CASE WHEN NOT consent THEN clock_timestamp() END,
      opted_out_by = CASE WHEN NOT consent THEN 'drivers file' END
    FROM jsonb_to_recordset($1) AS given (id text, consent boolean)
    WHERE d.id = given.id AND CASE WHEN consent THEN d.opted_out_by = 'drivers file' ELSE NOT consent AND d.opted_out_at IS NULL END
    RETURNING d.id, d.opted_out_at
  )
  INSERT INTO audit (action, driver_id, detail)
  SELECT CASE WHEN opted_out_at IS NULL THEN 'driver.opted-in' ELSE 'driver.opted-out' END, id,
    jsonb_build_object('by', 'drivers file') FROM changed`

const IDENTITIES = `
  SELECT id AS driver_id, kind, value FROM jsonb_to_recordset($1) AS given (id text, phone text, "userId" text),
    LATERAL (VALUES ('phone', phone), ('user_id', "userId")) AS named (kind, value) WHERE value IS NOT NULL`

const DROP_FORMER_IDENTITIES = `
  DELETE FROM identities i USING (${IDENTITIES}) given
  WHERE i.driver_id = given.driver_id AND i.kind = given.kind AND i.value <> given.value`

// An identity that is there keeps its lock: only dispatch knows that it is the right person again.
const ADD_IDENTITIES = `INSERT INTO identities (driver_id, kind, value) ${IDENTITIES} ON CONFLICT DO NOTHING`

const TAKEN_IDENTITIES = `
  SELECT given.driver_id AS "driverId", given.kind, i.driver_id AS "ownerId"
  FROM (${IDENTITIES}) given JOIN identities i ON i.kind = given.kind AND i.value = given.value
  WHERE i.driver_id <> given.driver_id ORDER BY 1, 2`

/**
 * Adds drivers, and changes those that are there; all of them or none. A driver's phone and user id are replaced
 * by the given ones; a suspension stays, which only dispatch lifts. Throws when one of them belongs to a driver who is not in the list.
 */
export async function importDrivers(databaseUrl: string, drivers: readonly DriverRow[]): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    const rows = JSON.stringify(drivers)
    await client.query('BEGIN')
    await client.query(UPSERT, [rows])
    await client.query(CONSENT, [rows])
    await client.query(DROP_FORMER_IDENTITIES, [rows])
    await client.query(ADD_IDENTITIES, [rows])
    const taken = await client.query<{ driverId: string; kind: string; ownerId: string }>(TAKEN_IDENTITIES, [
      rows,
    ])
    if (taken.rows.length > 0) {
      const problems = taken.rows.map(
        (it) => `driver ${it.driverId}: the ${it.kind} belongs to driver ${it.ownerId}`,
      )
      throw new Error(problems.join('\n'))
    }
    await client.query('COMMIT')
  })
}

export type ListedDriver = {
  id: string
  name: string
  status: string
  timeZone: string
  phone: string | null
}

/** Names and numbers of all drivers. `by` is on record. */
export function listDrivers(databaseUrl: string, by: string): Promise<ListedDriver[]> {
  return withClient(databaseUrl, async (client) => {
    await client.query(`INSERT INTO audit (action, detail) VALUES ('drivers.listed', $1)`, [{ by }])
    const found = await client.query<ListedDriver>(`
      SELECT d.id, d.name, d.status, d.time_zone AS "timeZone",
        (SELECT value FROM identities WHERE driver_id = d.id AND kind = 'phone') AS phone
      FROM drivers d ORDER BY d.id`)
    return found.rows
  })
}

// Ending the session rolls back what is open.
async function withClient<T>(databaseUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_MS_MAX })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
