import type pg from 'pg'
import { onlyAbout, withoutMentions } from './mentions.ts'
import { PERSONAL_DATA, type PersonalTable, type SubjectKey } from './personal-data.ts'
import type { Subject } from './subject.ts'

type Client = Pick<pg.ClientBase, 'query'>
type Row = Record<string, unknown>

/** All that the tables have of a driver, whole rows; of what is about others, too, only what is about him. Without empty tables. */
export async function readDriverData(client: Client, subject: Subject): Promise<Record<string, Row[]>> {
  const tables: Record<string, Row[]> = {}
  for (const [table, declared] of personalTables()) {
    const { where, values } = condition(declared, subject)
    const { rows } = await client.query<{ row: Row }>(
      `SELECT to_jsonb(t) AS row FROM ${table} t WHERE ${where} ORDER BY 1`,
      values,
    )
    const readable = rows.map(({ row }) => withText(row))
    if (readable.length > 0)
      tables[table] =
        'mentions' in declared.rows ? readable.map((row) => onlyAbout(subject.marks, row)) : readable
  }
  return tables
}

/**
 * Takes the driver's work from whoever might take it up, until the transaction ends. What keeps him from being erased now,
 * or `undefined`. Waits for no lock: whoever holds one may want one of ours.
 */
export async function holdWork(
  client: Client,
  { driver, lanes, conversations }: Subject,
): Promise<string | undefined> {
  try {
    await client.query('SELECT FROM drivers WHERE id = ANY ($1) FOR UPDATE NOWAIT', [driver])
    await client.query('SELECT FROM conversations WHERE id = ANY ($1) FOR UPDATE NOWAIT', [conversations])
    await client.query('SELECT FROM lanes WHERE key = ANY ($1) FOR UPDATE NOWAIT', [lanes])
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === LOCK_NOT_AVAILABLE)
      return 'a turn is under way'
    throw error
  }
  const { rows } = await client.query<{ what: string }>(
    `SELECT 'the ' || kind || ' lane is being worked on' AS what FROM lanes
       WHERE key = ANY ($1) AND lease_until > clock_timestamp()
     UNION ALL SELECT 'dispatch is being told something' FROM dispatch_notices
       WHERE driver_id = ANY ($2) AND state = 'pending' AND lease_until > clock_timestamp()
     UNION ALL SELECT count(*) || ' of the driver''s words wait for the order system' FROM order_commands
       WHERE driver_id = ANY ($2) AND state = 'pending' HAVING count(*) > 0`,
    [lanes, driver],
  )
  return rows[0]?.what
}
const LOCK_NOT_AVAILABLE = '55P03'

/** Under `holdWork`. How many rows of each table were erased; `by`: who does it, for the record. */
export async function eraseDriverData(
  client: Client,
  subject: Subject,
  by: string,
): Promise<Record<string, number>> {
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO audit (action, detail) VALUES ('driver.erased', jsonb_build_object('by', $1::text)) RETURNING id`,
    [by],
  )
  const counts: Record<string, number> = {
    audit: await eraseAudit(client, subject.driver[0] ?? '', rows[0]?.id ?? ''),
  }
  for (const [table, declared] of personalTables()) {
    const { where, values } = condition(declared, subject)
    if (declared.erase === 'delete')
      counts[table] = (await client.query(`DELETE FROM ${table} t WHERE ${where}`, values)).rowCount ?? 0
    else if (declared.erase === 'cut') counts[table] = await cutLetters(client, subject, where, values)
    else if (declared.erase !== 'tombstone') {
      const clear = declared.erase.clear.map((column) => `${column} = NULL`).join(', ')
      counts[table] =
        (await client.query(`UPDATE ${table} t SET ${clear} WHERE ${where}`, values)).rowCount ?? 0
    }
  }
  return counts
}

/** That something happened stays, and when; whose it was, and what, goes. Before the driver's other rows: they say whose it is. */
async function eraseAudit(client: Client, driverId: string, byAuditId: string): Promise<number> {
  const { rows } = await client.query<{ erased: number }>('SELECT erase_audit($1, $2)::int AS erased', [
    driverId,
    byAuditId,
  ])
  return rows[0]?.erased ?? 0
}

/** A letter of several people keeps what is about the others; one that is about the driver alone is dropped. */
async function cutLetters(
  client: Client,
  subject: Subject,
  where: string,
  values: unknown[],
): Promise<number> {
  const { rows } = await client.query<{ id: string; body: Buffer }>(
    `SELECT id, body FROM dead_letters t WHERE ${where}`,
    values,
  )
  for (const { id, body } of rows) {
    const rest = withoutMentions(subject.marks, parsed(body.toString()))
    const isLeft = rest !== undefined
    await client.query(
      `UPDATE dead_letters SET body = $2, headers = '{}', error = 'erased with a driver',
         state = CASE WHEN $3 THEN state ELSE 'dropped' END,
         settled_at = CASE WHEN $3 THEN settled_at ELSE coalesce(settled_at, clock_timestamp()) END,
         message_id = CASE WHEN $3 THEN message_id ELSE 'erased-' || id END
       WHERE id = $1`,
      [id, isLeft ? Buffer.from(JSON.stringify(rest)) : Buffer.alloc(0), isLeft],
    )
  }
  return rows.length
}

function personalTables(): [string, PersonalTable][] {
  return Object.entries(PERSONAL_DATA).flatMap(([table, it]): [string, PersonalTable][] =>
    'rows' in it ? [[table, it]] : [],
  )
}

const UUIDS: readonly string[] = ['turns', 'replies', 'proofs'] satisfies SubjectKey[]

function condition({ rows }: PersonalTable, subject: Subject): { where: string; values: unknown[] } {
  if (isMentioned(rows))
    return {
      where: `EXISTS (SELECT FROM unnest($1::text[]) mark WHERE position(mark IN ${rows.mentions}) > 0)`,
      values: [subject.marks],
    }
  const columns = Object.entries(rows)
  return {
    where: columns
      .map(
        ([column, key], index) =>
          `t.${column} = ANY ($${index + 1}::${UUIDS.includes(key) ? 'uuid' : 'text'}[])`,
      )
      .join(' OR '),
    values: columns.map(([, key]) => subject[key]),
  }
}

function isMentioned(rows: PersonalTable['rows']): rows is { mentions: string } {
  return 'mentions' in rows
}

/** Bytes that are text, as text, and JSON as what it says. */
function withText(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => {
      if (typeof value !== 'string' || !/^\\x(?:[0-9a-f]{2})+$/.test(value)) return [column, value]
      const text = Buffer.from(value.slice(2), 'hex').toString()
      return [column, text.includes('\uFFFD') ? value : (parsed(text) ?? text)]
    }),
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
