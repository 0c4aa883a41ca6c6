import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { freshDatabase } from '@waybill/test-kit'
import pg from 'pg'
import { retain } from '../src/retention.ts'

const POLICY = { hotDays: 30, archiveDays: 365 }
const forever = new AbortController().signal

let database: Awaited<ReturnType<typeof freshDatabase>>
let pool: pg.Pool

beforeEach(async () => {
  database = await freshDatabase()
  pool = new pg.Pool({ connectionString: database.url })
  await pool.query("INSERT INTO drivers (id, name, time_zone) VALUES ('d-1', 'Johan', 'UTC')")
  await pool.query("INSERT INTO conversations (id, phone_number_id) VALUES ('c', '1')")
})
afterEach(async () => {
  await pool.end()
  await database[Symbol.asyncDispose]()
})

const run = () => retain(pool, POLICY, forever)
const ago = (days: number) => new Date(Date.now() - days * 86_400_000)

async function insert(table: string, row: Readonly<Record<string, unknown>>): Promise<void> {
  const columns = Object.keys(row)
  await pool.query(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((_, n) => `$${n + 1}`).join(', ')})`,
    Object.values(row),
  )
}

const inbound = (wamid: string, days: number, status = 'answered') =>
  insert('inbound', {
    ...{ wamid, conversation_id: 'c', kind: 'text', body: { text: wamid }, sent_at: ago(days) },
    ...{ received_us: 1, position: 0, status },
  })
const letter = (messageId: string, state: string) =>
  insert('dead_letters', {
    ...{ queue: 'q', message_id: messageId, reason: 'exhausted', error: 'x', attempts: 1 },
    ...{ first_failed_at: ago(40), died_at: ago(40), body: Buffer.from('{}'), headers: {}, state },
  })

/** One row of every table that rows leave, of that age and over; `open`: as it is while somebody is still at it. */
async function rowsOf(days: number, { open }: { open: boolean }): Promise<void> {
  const [wamid, turnId, outboundId, proofId] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()]
  const at = ago(days)
  const own = { conversation_id: 'c', driver_id: 'd-1', turn_id: turnId }
  await insert('turns', { id: turnId, conversation_id: 'c', driver_id: 'd-1', epoch: 1, committed_at: at })
  await inbound(wamid, days, open ? 'waiting' : 'answered')
  await insert('transcripts', { wamid, turn_id: turnId, said: 'hello', recorded_at: at })
  await insert('outbound', {
    ...{ id: outboundId, conversation_id: 'c', turn_id: turnId, part: 1, message: {}, created_at: at },
    state: open ? 'pending' : 'read',
  })
  await insert('receipts', { wamid, status: 'read', outbound_id: outboundId, at })
  await insert('order_commands', {
    ...{ ...own, id: randomUUID(), kind: 'confirm', payload: {}, created_at: at },
    state: open ? 'pending' : 'done',
  })
  await insert('dispatch_notices', {
    ...{ ...own, id: randomUUID(), kind: 'help', text: 'Asks', created_at: at, state: 'sent' },
    closed_at: open ? null : at,
  })
  await insert('check_ins', { driver_id: 'd-1', date: at, state: open ? 'asked' : 'accepted' })
  await insert('order_events', {
    ...{ id: randomUUID(), driver_id: 'd-1', event: {}, act_at: at, received_at: at },
    state: open ? 'waiting' : 'told',
  })
  await insert('proofs', {
    ...{ id: proofId, driver_id: 'd-1', conversation_id: 'c', order_date: at, created_at: at },
  })
  await insert('proof_parts', {
    ...{ wamid, proof_id: proofId, turn_id: turnId, kind: 'photo', sha256: 'ab', sent_at: at },
    recorded_at: at,
  })
}
/** Tables whose rows are over as soon as they are written. */
async function recordsOf(days: number): Promise<void> {
  const at = ago(days)
  await insert('model_calls', { at, purpose: 'read', model: 'm', outcome: 'ok', conversation_id: 'c' })
  await insert('guardrail_events', {
    ...{ at, conversation_id: 'c', driver_id: 'd-1', direction: 'input', source: 'driver' },
    ...{ '"check"': 'abuse', severity: 'log', score: 1, span_start: 0, span_end: 1, action: 'log' },
    ...{ policy_version: '1', text_sha256: Buffer.from('ab') },
  })
  await insert('webhook_events', {
    ...{ received_us: days, ingress_id: 'i', position: 0, field: 'f', reason: 'account', value: {} },
    recorded_at: at,
  })
}

async function rules(): Promise<string[]> {
  const { rows } = await pool.query<{ source: string }>('SELECT source FROM archive.rules')
  return rows.map(({ source }) => source)
}
async function counts(): Promise<Record<string, number>> {
  const entries = (await rules()).map(async (table): Promise<[string, number]> => {
    const { rows } = await pool.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`)
    return [table, rows[0]?.count ?? 0]
  })
  return Object.fromEntries(await Promise.all(entries))
}
async function archived(): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ source: string; count: number }>(
    'SELECT source, count(*)::int AS count FROM archive.records GROUP BY 1',
  )
  return Object.fromEntries(rows.map(({ source, count }) => [source, count]))
}
const months = async () =>
  (
    await pool.query<{ month: string }>(
      "SELECT inhrelid::regclass::text AS month FROM pg_inherits WHERE inhparent = 'archive.records'::regclass ORDER BY 1",
    )
  ).rows.map(({ month }) => month)

const WHAT_HAPPENS_TO_OTHERS = [
  ...[
    'audit',
    'audit_links',
    'drivers',
    'identities',
    'conversations',
    'takeovers',
    'lanes',
    'rates',
    'dead_letters',
  ],
  ...['faq_entries', 'faq_phrases', 'templates', 'migrations'],
]

describe('what is old', () => {
  it('S18: is of a table for which it is decided when its rows leave, or that they stay', async () => {
    const { rows } = await pool.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables
       WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
    )
    expect(rows.map(({ name }) => name).sort()).toEqual(
      [...(await rules()), ...WHAT_HAPPENS_TO_OTHERS].sort(),
    )
  })

  it('S18: leaves every table for the archive, as it was, when it is over', async () => {
    await rowsOf(40, { open: false })
    await recordsOf(40)
    await rowsOf(10, { open: false })
    await recordsOf(10)
    const each = Object.fromEntries((await rules()).map((table) => [table, 1]))
    const { rows: before } = await pool.query(
      'SELECT to_jsonb(i) AS content FROM inbound i ORDER BY sent_at LIMIT 1',
    )
    expect(await run()).toEqual({ moved: each, dropped: [] })
    expect([await counts(), await archived()]).toEqual([each, each])
    const { rows: after } = await pool.query("SELECT content FROM archive.records WHERE source = 'inbound'")
    expect(after).toEqual(before)
    const { rows: noted } = await pool.query("SELECT detail FROM audit WHERE action = 'retention.ran'")
    expect(noted).toEqual([{ detail: { moved: each, dropped: [], ms: expect.any(Number) } }])
  })

  it('S18: stays where somebody is still at it', async () => {
    await rowsOf(40, { open: true })
    const before = await counts()
    const { moved } = await run()
    expect([moved, await counts()]).toEqual([{}, before])
  })

  it('S18: stays while it is among the dead letters, and leaves when that is settled', async () => {
    await inbound('dead.open', 40, 'dead')
    await inbound('dead.dropped', 40, 'dead')
    await letter('dead.open', 'open')
    await letter('dead.dropped', 'dropped')
    expect((await run()).moved).toEqual({ inbound: 1 })
    await pool.query("UPDATE dead_letters SET state = 'dropped'")
    expect((await run()).moved).toEqual({ inbound: 1 })
  })

  it('S18: stays where a session is made anew of it', async () => {
    const [first, last] = [randomUUID(), randomUUID()]
    for (const id of [first, last])
      await insert('turns', { id, conversation_id: 'c', driver_id: 'd-1', epoch: 1, committed_at: ago(40) })
    await pool.query("UPDATE conversations SET last_turn_id = $1 WHERE id = 'c'", [last])
    expect((await run()).moved).toEqual({ turns: 1 })
    expect((await pool.query('SELECT id FROM turns')).rows).toEqual([{ id: last }])
  })

  it('S4: is what intake refuses, and a day older', async () => {
    await inbound('refused', 30.5)
    await inbound('left', 31.5)
    await run()
    expect((await pool.query('SELECT wamid FROM inbound')).rows).toEqual([{ wamid: 'refused' }])
  })

  it('S4: is never what WhatsApp may still repeat, whatever is asked for', async () => {
    await expect(retain(pool, { hotDays: 5, archiveDays: 365 }, forever)).rejects.toThrow(
      'too young to leave',
    )
    await expect(retain(pool, { hotDays: 30, archiveDays: 5 }, forever)).rejects.toThrow('too young to leave')
  })
})

describe('a run', () => {
  it('S18: that broke off has lost nothing and doubles nothing', async () => {
    await run()
    for (let n = 0; n < 5; n += 1) await inbound(`w.${n}`, 40)
    await pool.query(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN IF new.content ->> 'wamid' = 'w.3' THEN RAISE EXCEPTION 'power cut'; END IF; RETURN new; END $$`)
    await pool.query(
      'CREATE TRIGGER refuse BEFORE INSERT ON archive.records FOR EACH ROW EXECUTE FUNCTION refuse()',
    )
    await expect(run()).rejects.toThrow('power cut')
    expect([(await counts()).inbound, await archived()]).toEqual([5, {}])
    await pool.query('DROP TRIGGER refuse ON archive.records')
    await run()
    expect([(await counts()).inbound, await archived()]).toEqual([0, { inbound: 5 }])
  })

  it('S18: of two schedulers at once moves each row once', async () => {
    await pool.query(
      `INSERT INTO inbound (wamid, conversation_id, kind, body, sent_at, received_us, position, status)
       SELECT 'w.' || n, 'c', 'text', '{}', now() - interval '40 days', n, 0, 'answered' FROM generate_series(1, 3000) n`,
    )
    await Promise.all([run(), run()])
    await run()
    expect([(await counts()).inbound, await archived()]).toEqual([0, { inbound: 3_000 }])
    const { rows } = await pool.query(
      "SELECT count(DISTINCT content ->> 'wamid')::int AS different FROM archive.records",
    )
    expect(rows).toEqual([{ different: 3_000 }])
  })

  it('S18: leaves alone whoever is at work on a row', async () => {
    await inbound('held', 40)
    await inbound('free', 40)
    const client = await pool.connect()
    try {
      await client.query("BEGIN; UPDATE inbound SET last_error = 'x' WHERE wamid = 'held'")
      expect((await run()).moved).toEqual({ inbound: 1 })
      await client.query('COMMIT')
    } finally {
      client.release()
    }
    expect((await run()).moved).toEqual({ inbound: 1 })
  })

  it('S18: with nothing to do says nothing', async () => {
    await inbound('young', 1)
    expect(await run()).toEqual({ moved: {}, dropped: [] })
    expect((await pool.query('SELECT FROM audit')).rowCount).toBe(0)
  })
})

describe('the archive', () => {
  it('S18: has a month for every row that may come, and for the next one', async () => {
    await run()
    const all = await months()
    const name = (date: Date) => `archive.records_${date.toISOString().slice(0, 7).replace('-', '_')}`
    const next = new Date()
    next.setUTCMonth(next.getUTCMonth() + 1, 1)
    expect([all[0], all.at(-1)]).toEqual([name(ago(365)), name(next)])
    await run()
    expect(await months()).toEqual(all)
  })

  it('S18: drops a month when all of it is older than the archive period', async () => {
    await inbound('old', 100)
    await inbound('younger', 40)
    await run()
    const before = await months()
    const { dropped } = await retain(pool, { hotDays: 30, archiveDays: 60 }, forever)
    expect(dropped.length).toBeGreaterThan(0)
    expect([...dropped.map((month) => `archive.${month}`), ...(await months())]).toEqual(before)
    const { rows } = await pool.query("SELECT content ->> 'wamid' AS wamid FROM archive.records")
    expect(rows).toEqual([{ wamid: 'younger' }])
    const { rows: noted } = await pool.query(
      "SELECT detail -> 'dropped' AS dropped FROM audit ORDER BY id DESC LIMIT 1",
    )
    expect(noted).toEqual([{ dropped }])
  })

  it('S18: takes in nothing that would have to leave it at once', async () => {
    await inbound('ancient', 500)
    expect((await run()).moved).toEqual({ inbound: 1 })
    expect([(await counts()).inbound, await archived()]).toEqual([0, {}])
  })
})
