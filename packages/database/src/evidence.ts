import type { ProofPart } from './inbound-lane.ts'
import type { Pool } from './pool.ts'

/** A message that a driver quotes, reacts to or edits. */
export type PointedAt = {
  /** `content`: what was sent, or `{kind, body}` of what came in. */
  author: 'driver' | 'assistant'
  content: unknown
  /** When it was said, in ms. */
  at: number
  /** The session after its turn; null for what was said without one. */
  session: unknown
  /** The open question of that session was asked with it. */
  isQuestion: boolean
  /** Its turn, or that of an edit of it, gave rise to an order command. */
  hasWritten: boolean
}

/** `undefined` when no such message is known in this conversation. */
export async function messagePointedAt(
  pool: Pool,
  conversationId: string,
  wamid: string,
): Promise<PointedAt | undefined> {
  const { rows } = await pool.query<Omit<PointedAt, 'author'> & { author: PointedAt['author'] | null }>({
    name: 'message-pointed-at',
    text: `SELECT author, content, left_behind AS session, coalesce(is_question, false) AS "isQuestion",
        has_written OR EXISTS (SELECT FROM inbound e JOIN order_commands c ON c.turn_id = e.turn_id
          WHERE e.conversation_id = $1 AND e.kind = 'edit' AND e.body #>> '{edit,original_message_id}' = $2)
          AS "hasWritten",
        extract(epoch FROM coalesce((SELECT o.created_at FROM outbound o WHERE o.wamid = $2 LIMIT 1),
          (SELECT i.sent_at FROM inbound i WHERE i.wamid = $2)))::float8 * 1000 AS at
      FROM within($1, NULL) w, message_pointed_at(w.conversation, $2)`,
    values: [conversationId, wamid],
  })
  const [row] = rows
  return row?.author ? { ...row, author: row.author } : undefined
}

/** The parts of a driver's proof that are asked for, in this order. */
export async function readProofParts(
  pool: Pool,
  { driverId, proofId, wamids }: { driverId: string; proofId: string; wamids: readonly string[] },
): Promise<readonly ProofPart[]> {
  const { rows } = await pool.query<{ part: ProofPart }>({
    name: 'read-proof-parts',
    text: `SELECT jsonb_strip_nulls(jsonb_build_object('wamid', t.wamid, 'kind', t.kind, 'sha256', t.sha256,
        'contentType', t.content_type, 'sizeBytes', t.size_bytes, 'objectKey', t.object_key, 'caption', t.caption,
        'latitude', t.latitude, 'longitude', t.longitude, 'sentAt', extract(epoch FROM t.sent_at) * 1000)) AS part
      FROM within(NULL, $2) w, LATERAL (SELECT r.* FROM proof_parts r JOIN proofs p ON p.id = r.proof_id
        WHERE p.id = $1 AND p.driver_id = w.driver AND r.wamid = ANY ($3) OFFSET 0) t ORDER BY array_position($3, t.wamid)`,
    values: [proofId, driverId, wamids],
  })
  return rows.map(({ part }) => part)
}

/** Of these messages, those that were edited or deleted by one that still waits: which, by which. */
export async function changesWaiting(
  pool: Pool,
  conversationId: string,
  wamids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await pool.query<{ original: string; by: string }>({
    name: 'changes-waiting',
    text: `SELECT body #>> ARRAY[kind, 'original_message_id'] AS original, wamid AS by
      FROM within($1, NULL) w, LATERAL (SELECT * FROM inbound
        WHERE conversation_id = w.conversation AND status = 'waiting' AND kind IN ('edit', 'revoke') OFFSET 0) i
      WHERE body #>> ARRAY[kind, 'original_message_id'] = ANY ($2) ORDER BY sent_at, received_us, position`,
    values: [conversationId, wamids],
  })
  return new Map(rows.map(({ original, by }) => [original, by]))
}
