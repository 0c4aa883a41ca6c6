import type pg from 'pg'
import type { SubjectKey } from './personal-data.ts'

/** Whose rows: ids of everything that is a driver's, and the marks by which a text is found to be about him. */
export type Subject = Readonly<Record<SubjectKey, readonly string[]>> & {
  /** Numbers and user ids as they are, the driver's id as JSON writes it: it may be as short as "7". */
  marks: readonly string[]
  /** Conversations that another driver has had, too: of those only the driver's own turns are his. */
  shared: readonly string[]
  /** In the object store. `isOthersToo`: somebody else has sent the same bytes. */
  files: readonly { key: string; isOthersToo: boolean }[]
}

type Client = Pick<pg.ClientBase, 'query'>

const CONVERSATIONS = `
  WITH known AS (
    SELECT c.*, EXISTS (SELECT FROM turns t WHERE t.conversation_id = c.id AND t.driver_id <> $1)
      OR EXISTS (SELECT FROM identities i WHERE i.driver_id <> $1
        AND (i.kind, i.value) IN (('phone', c.phone), ('user_id', c.user_id))) AS is_shared
    FROM conversations c
    WHERE EXISTS (SELECT FROM identities i WHERE i.driver_id = $1
        AND (i.kind, i.value) IN (('phone', c.phone), ('user_id', c.user_id)))
      OR EXISTS (SELECT FROM turns t WHERE t.conversation_id = c.id AND t.driver_id = $1)
  )
  SELECT id, is_shared AS "isShared", CASE WHEN NOT is_shared THEN ARRAY[phone, wa_id, user_id] ELSE '{}' END AS marks
  FROM known`

/** `undefined`: there is no such driver. */
export async function readSubject(client: Client, driverId: string): Promise<Subject | undefined> {
  const list = async (sql: string, ...values: unknown[]): Promise<string[]> =>
    (await client.query<{ it: string }>(sql, values)).rows.map(({ it }) => it)
  if ((await list('SELECT id AS it FROM drivers WHERE id = $1', driverId)).length === 0) return undefined
  const found = await client.query<{ id: string; isShared: boolean; marks: (string | null)[] }>(
    CONVERSATIONS,
    [driverId],
  )
  const conversations = found.rows.filter(({ isShared }) => !isShared).map(({ id }) => id)
  const identities = await list('SELECT value AS it FROM identities WHERE driver_id = $1', driverId)
  const turns = await list(
    'SELECT id AS it FROM turns WHERE driver_id = $1 OR conversation_id = ANY ($2)',
    ...[driverId, conversations],
  )
  const ofTurns = '(turn_id = ANY ($1::uuid[]) OR conversation_id = ANY ($2))'
  const proofs = await list('SELECT id AS it FROM proofs WHERE driver_id = $1', driverId)
  const files = await client.query<Subject['files'][number]>(
    `SELECT DISTINCT p.object_key AS key, EXISTS (SELECT FROM proof_parts o
       WHERE o.object_key = p.object_key AND NOT o.proof_id = ANY ($1::uuid[])) AS "isOthersToo"
     FROM proof_parts p WHERE p.proof_id = ANY ($1::uuid[]) AND p.object_key IS NOT NULL`,
    [proofs],
  )
  const numbers = [...identities, ...found.rows.flatMap(({ marks }) => marks.flatMap((mark) => mark ?? []))]
  return {
    driver: [driverId],
    ...{ conversations, turns, proofs },
    shared: found.rows.filter(({ isShared }) => isShared).map(({ id }) => id),
    messages: await list(`SELECT wamid AS it FROM inbound WHERE ${ofTurns}`, turns, conversations),
    replies: await list(`SELECT id AS it FROM outbound WHERE ${ofTurns}`, turns, conversations),
    sent: await list(
      `SELECT wamid AS it FROM outbound WHERE ${ofTurns} AND wamid IS NOT NULL`,
      ...[turns, conversations],
    ),
    lanes: [driverId, ...conversations],
    rates: conversations.map((id) => `pair:${id}`),
    marks: [...new Set([...numbers, JSON.stringify(driverId)])],
    files: files.rows,
  }
}
