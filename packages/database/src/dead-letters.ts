import type { Pool } from './pool.ts'
import { storableJson } from './storable-json.ts'

export type NewDeadLetter = {
  queue: string
  /** One that dies again after a replay is the same letter. */
  messageId: string
  reason: 'permanent' | 'exhausted' | 'set aside'
  error: string
  attempts: number
  firstFailedAt: Date
  diedAt: Date
  body: Uint8Array
  headers: Readonly<Record<string, unknown>>
  correlationId: string | undefined
  traceparent: string | undefined
}

export type DeadLetter = {
  id: string
  queue: string
  reason: NewDeadLetter['reason']
  error: string
  /** Over all its deaths. */
  attempts: number
  deaths: number
  firstFailedAt: Date
  diedAt: Date
  state: 'open' | 'replayed' | 'dropped'
  settledAt: Date | null
  settledBy: string | null
}
export type WholeDeadLetter = DeadLetter & {
  messageId: string
  body: Buffer
  headers: Record<string, unknown>
  correlationId: string | null
  traceparent: string | null
}

/** What is left out does not matter. `error`: a part of it. */
export type DeadLetterFilter = {
  ids?: readonly string[] | undefined
  queue?: string | undefined
  error?: string | undefined
  since?: Date | undefined
  until?: Date | undefined
  state?: DeadLetter['state'] | undefined
}

const SUMMARY = `id::text, queue, reason, error, attempts, deaths, first_failed_at AS "firstFailedAt",
  died_at AS "diedAt", state, settled_at AS "settledAt", settled_by AS "settledBy"`
const WHOLE = `${SUMMARY}, message_id AS "messageId", body, headers, correlation_id AS "correlationId", traceparent`
const MATCHES = `($1::bigint[] IS NULL OR id = ANY ($1)) AND ($2::text IS NULL OR queue = $2)
  AND ($3::text IS NULL OR position(lower($3) IN lower(error)) > 0 OR reason = $3)
  AND ($4::timestamptz IS NULL OR died_at >= $4) AND ($5::timestamptz IS NULL OR died_at < $5)
  AND ($6::text IS NULL OR state = $6)`

/** Safe to repeat: a letter that is delivered twice has died once. */
export async function recordDeadLetters(pool: Pool, letters: readonly NewDeadLetter[]): Promise<void> {
  const rows = letters.map((letter) => ({ ...letter, body: Buffer.from(letter.body).toString('base64') }))
  await pool.query({
    name: 'record-dead-letters',
    text: 'SELECT record_dead_letters($1)',
    values: [storableJson(rows)],
  })
}

/** Those that died first come first. */
export async function listDeadLetters(
  pool: Pool,
  filter: DeadLetterFilter,
  limit: number,
): Promise<{ letters: DeadLetter[]; matching: number }> {
  const { rows } = await pool.query<DeadLetter & { matching: string }>({
    name: 'list-dead-letters',
    text: `SELECT ${SUMMARY}, count(*) OVER () AS matching FROM dead_letters WHERE ${MATCHES} ORDER BY died_at, id LIMIT $7`,
    values: [...valuesOf(filter), limit],
  })
  return {
    letters: rows.map(({ matching: _matching, ...letter }) => letter),
    matching: Number(rows[0]?.matching ?? 0),
  }
}

export async function readDeadLetters(
  pool: Pool,
  filter: DeadLetterFilter,
  limit: number,
): Promise<WholeDeadLetter[]> {
  const { rows } = await pool.query<WholeDeadLetter>({
    name: 'read-dead-letters',
    text: `SELECT ${WHOLE} FROM dead_letters WHERE ${MATCHES} ORDER BY died_at, id LIMIT $7`,
    values: [...valuesOf(filter), limit],
  })
  return rows
}

/** Whom a letter says that it is about. */
export type LetterSubject = {
  driverId?: string | undefined
  conversationId?: string | undefined
  noticeId?: string | undefined
}

/** On record: somebody has read what is personal in it, and of which driver, as far as that is known. */
export async function auditRevealed(
  pool: Pool,
  letter: Pick<WholeDeadLetter, 'id' | 'queue' | 'messageId'>,
  { by, subject }: { by: string; subject: LetterSubject },
): Promise<void> {
  await pool.query({
    name: 'audit-revealed',
    text: `INSERT INTO audit (action, conversation_id, driver_id, detail)
           SELECT 'dead-letter.revealed', coalesce(c.id, n.conversation_id), coalesce($3, n.driver_id, t.driver_id), $1
           FROM (SELECT) always LEFT JOIN conversations c ON c.id = $2
           LEFT JOIN turns t ON t.id = c.last_turn_id LEFT JOIN dispatch_notices n ON n.id = $4::uuid`,
    values: [
      { by, id: letter.id, queue: letter.queue, messageId: letter.messageId },
      subject.conversationId,
      subject.driverId,
      subject.noticeId,
    ],
  })
}

/** A message that is dead waits again; returns its conversation. `undefined`: it is not dead (any more). */
export async function reviveMessage(pool: Pool, wamid: string): Promise<string | undefined> {
  const { rows } = await pool.query<{ conversation: string | null }>({
    name: 'revive-message',
    text: 'SELECT revive_message($1) AS conversation',
    values: [wamid],
  })
  return rows[0]?.conversation ?? undefined
}

/** A notice that is dead is to be told again. `false`: it is not dead (any more). */
export async function reviveNotice(pool: Pool, noticeId: string): Promise<boolean> {
  const { rows } = await pool.query<{ revived: boolean }>({
    name: 'revive-notice',
    text: 'SELECT revive_notice($1) AS revived',
    values: [noticeId],
  })
  return rows[0]?.revived === true
}

/** `false`: somebody else has settled it meanwhile, or it has died again. */
export async function settleDeadLetter(
  pool: Pool,
  { id, deaths }: Pick<DeadLetter, 'id' | 'deaths'>,
  { state, by }: { state: 'replayed' | 'dropped'; by: string },
): Promise<boolean> {
  const { rows } = await pool.query<{ settled: boolean }>({
    name: 'settle-dead-letter',
    text: 'SELECT settle_dead_letter($1, $2, $3, $4) AS settled',
    values: [id, deaths, state, by],
  })
  return rows[0]?.settled === true
}

/** Deletes what was replayed or dropped longer ago than that. How many letters that were. */
export async function forgetDeadLetters(pool: Pool, ageMs: number): Promise<number> {
  const { rowCount } = await pool.query({
    name: 'forget-dead-letters',
    text: `DELETE FROM dead_letters WHERE state <> 'open' AND settled_at < clock_timestamp() - milliseconds($1)`,
    values: [ageMs],
  })
  return rowCount ?? 0
}

/** How many are open in each queue. */
export async function countOpenDeadLetters(pool: Pool): Promise<{ queue: string; count: number }[]> {
  const { rows } = await pool.query<{ queue: string; count: number }>({
    name: 'count-open-dead-letters',
    text: `SELECT queue, count(*)::int AS count FROM dead_letters WHERE state = 'open' GROUP BY queue`,
  })
  return rows
}

function valuesOf({ ids, queue, error, since, until, state }: DeadLetterFilter): unknown[] {
  return [ids, queue, error, since, until, state]
}
