import type { Pool } from './pool.ts'

/** A person has a conversation, or had it last. Times in ms. `hasWritten`: the driver knows. */
export type Takeover = { since: number; until: number; isOn: boolean; hasWritten: boolean }

/** Takes a conversation over for `ms` from now, or changes until when. `undefined`: there is no such conversation. */
export async function takeOver(
  pool: Pool,
  conversationId: string,
  { by, ms }: { by: string; ms: number },
): Promise<Date | undefined> {
  const { rows } = await pool.query<{ until: Date | null }>({
    name: 'take-over',
    text: 'SELECT take_over($1, $2, $3) AS until',
    values: [conversationId, by, ms],
  })
  return rows[0]?.until ?? undefined
}

/** Whether a person has the conversation now. */
export async function isTakenOver(pool: Pool, conversationId: string): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: 'is-taken-over',
    text: 'SELECT FROM takeovers WHERE conversation_id = $1 AND until > clock_timestamp()',
    values: [conversationId],
  })
  return rowCount === 1
}

/** From here the assistant answers again. `false`: nobody had taken over. */
export async function endTakeover(pool: Pool, conversationId: string, by: string): Promise<boolean> {
  const { rows } = await pool.query<{ ended: boolean }>({
    name: 'end-takeover',
    text: 'SELECT end_takeover($1, $2) AS ended',
    values: [conversationId, by],
  })
  return rows[0]?.ended === true
}

/** A person has seen to what a driver asked one for. How many requests were open. */
export async function closeHelp(pool: Pool, conversationId: string, by: string): Promise<number> {
  const { rows } = await pool.query<{ closed: number }>({
    name: 'close-help',
    text: 'SELECT close_help($1, $2) AS closed',
    values: [conversationId, by],
  })
  return rows[0]?.closed ?? 0
}

/**
 * Puts what a person writes into the conversation's outbound lane; the same `id` is the same message. `closed`: outside
 * WhatsApp's 24 hours nothing may be written freely.
 */
export async function writeAsPerson(
  pool: Pool,
  conversationId: string,
  message: { id: string; by: string; text: string },
): Promise<'queued' | 'known' | 'unknown' | 'closed'> {
  const { rows } = await pool.query<{ state: 'queued' | 'known' | 'unknown' | 'closed' }>({
    name: 'write-as-person',
    text: 'SELECT state FROM write_as_person($1, $2, $3, $4)',
    values: [conversationId, message.id, message.by, message.text],
  })
  return rows[0]?.state ?? 'unknown'
}

/** Says whether a driver may write, from his next message on; on record with who said so. `false`: there is no such driver. */
export async function setDriverStatus(
  pool: Pool,
  driverId: string,
  { status, by }: { status: 'active' | 'inactive' | 'suspended'; by: string },
): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: 'set-driver-status',
    text: `WITH changed AS (UPDATE drivers SET status = $2 WHERE id = $1 RETURNING id)
           INSERT INTO audit (action, driver_id, detail)
             SELECT 'driver.' || $2, id, jsonb_build_object('by', $3::text) FROM changed`,
    values: [driverId, status, by],
  })
  return rowCount === 1
}

/** The person behind a locked driver is the driver: he is served again, from his next message on. `false`: nothing was locked. */
export async function confirmIdentity(pool: Pool, driverId: string, by: string): Promise<boolean> {
  const { rows } = await pool.query<{ confirmed: boolean }>({
    name: 'confirm-identity',
    text: 'SELECT confirm_identity($1, $2) AS confirmed',
    values: [driverId, by],
  })
  return rows[0]?.confirmed === true
}

export type PersonWanted = {
  conversationId: string
  driverId: string | null
  driverName: string | null
  noticeId: string
  text: string
  since: Date
  takenOverUntil: Date | null
}

/** Who has asked for a person and is still waiting, the longest wait first. That `by` has read it is on record, once an hour. */
export async function openHelp(
  pool: Pool,
  { limit, by }: { limit: number; by: string },
): Promise<PersonWanted[]> {
  const { rows } = await pool.query<PersonWanted>({
    name: 'open-help',
    text: `WITH listed AS (
             SELECT n.seq, n.conversation_id AS "conversationId", n.driver_id AS "driverId", d.name AS "driverName",
               n.id AS "noticeId", n.text, n.created_at AS since,
               CASE WHEN t.until > clock_timestamp() THEN t.until END AS "takenOverUntil"
             FROM dispatch_notices n LEFT JOIN drivers d ON d.id = n.driver_id
             LEFT JOIN takeovers t ON t.conversation_id = n.conversation_id
             WHERE n.kind = 'help' AND n.closed_at IS NULL AND n.state <> 'withdrawn'
             ORDER BY n.seq LIMIT $1
           ), noted AS (
             INSERT INTO audit (action, conversation_id, driver_id, detail)
               SELECT DISTINCT 'help.read', l."conversationId", l."driverId", jsonb_build_object('by', $2::text)
               FROM listed l WHERE NOT EXISTS (
                 SELECT 1 FROM audit a WHERE a.driver_id IS NOT DISTINCT FROM l."driverId" AND a.action = 'help.read'
                   AND a.conversation_id = l."conversationId" AND a.detail ->> 'by' = $2
                   AND a.at > clock_timestamp() - interval '1 hour')
           )
           SELECT "conversationId", "driverId", "driverName", "noticeId", text, since, "takenOverUntil"
           FROM listed ORDER BY seq`,
    values: [limit, by],
  })
  return rows
}
