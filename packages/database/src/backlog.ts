import type { Pool } from './pool.ts'

export type Work = 'messages' | 'replies' | 'broadcasts' | 'order-commands' | 'notices' | 'check-ins'
/** `oldestSeconds` is 0 when nothing waits. */
export type Backlog = { work: Work; waiting: number; oldestSeconds: number }

/** How much of each kind of work waits, and for how long. Held commands and notices do not wait, they are held. */
export async function readBacklog(pool: Pool): Promise<Backlog[]> {
  const { rows } = await pool.query<Backlog>({
    name: 'backlog',
    text: 'SELECT work, waiting::int, oldest_seconds AS "oldestSeconds" FROM backlog()',
  })
  return rows
}

export type LaneKind = 'inbound' | 'outbound' | 'order-commands'
export type LaneState = 'waiting' | 'backing-off' | 'leased'
export type Lanes = { kind: LaneKind; state: LaneState; lanes: number }

/** How many lanes with work somebody is on, back off, or wait for somebody. Read from open work, not from all lanes. */
export async function readLanes(pool: Pool): Promise<Lanes[]> {
  const { rows } = await pool.query<Lanes>({
    name: 'lanes-with-work',
    text: `
      WITH work AS (
        SELECT 'inbound' AS kind, conversation_id AS key FROM inbound WHERE status = 'waiting'
        UNION SELECT 'outbound', conversation_id FROM outbound WHERE state IN ('pending', 'sending', 'unknown')
        UNION SELECT 'order-commands', driver_id FROM order_commands
          WHERE state = 'pending' AND (not_before IS NULL OR not_before <= clock_timestamp())
      ), lane AS (
        SELECT kind, CASE WHEN lease_until > clock_timestamp() THEN 'leased'
          WHEN not_before > clock_timestamp() THEN 'backing-off' ELSE 'waiting' END AS state
        FROM work JOIN lanes USING (kind, key)
      )
      SELECT k.kind, s.state, count(lane.kind)::int AS lanes
      FROM (VALUES ('inbound'), ('outbound'), ('order-commands')) k (kind)
      CROSS JOIN (VALUES ('waiting'), ('backing-off'), ('leased')) s (state)
      LEFT JOIN lane ON lane.kind = k.kind AND lane.state = s.state GROUP BY 1, 2`,
  })
  return rows
}

export type Fleet = {
  drivers: Record<'active' | 'inactive' | 'suspended', number>
  conversationsActive: number
}

/** Drivers by status, and conversations in which somebody has written within 24 hours. */
export async function readFleet(pool: Pool): Promise<Fleet> {
  const { rows } = await pool.query<Fleet>({
    name: 'fleet',
    text: `
      SELECT jsonb_build_object('active', count(*) FILTER (WHERE status = 'active'),
          'inactive', count(*) FILTER (WHERE status = 'inactive'),
          'suspended', count(*) FILTER (WHERE status = 'suspended')) AS drivers,
        (SELECT count(*)::int FROM conversations WHERE last_message_at > now() - interval '24 hours') AS "conversationsActive"
      FROM drivers`,
  })
  const [fleet] = rows
  if (!fleet) throw new Error('the fleet could not be counted')
  return fleet
}
