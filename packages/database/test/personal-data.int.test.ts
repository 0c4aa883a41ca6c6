import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { freshDatabase } from '@waybill/test-kit'
import pg from 'pg'
import { PERSONAL_DATA } from '../src/personal-data.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let pool: pg.Pool
beforeAll(async () => {
  database = await freshDatabase()
  pool = new pg.Pool({ connectionString: database.url })
})
afterAll(async () => {
  await pool.end()
  await database[Symbol.asyncDispose]()
})

it('S18: every table says what of it is about a driver, and what becomes of it when he is erased', async () => {
  const { rows } = await pool.query<{ name: string; columns: string[] }>(`
    SELECT CASE c.table_schema WHEN 'public' THEN '' ELSE c.table_schema || '.' END || c.table_name AS name,
      array_agg(c.column_name::text) AS columns
    FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE t.table_type = 'BASE TABLE' AND c.table_schema NOT IN ('pg_catalog', 'information_schema') GROUP BY 1`)
  const tables = new Map(rows.map(({ name, columns }) => [name, columns]))
  expect([...tables.keys()].sort()).toEqual(Object.keys(PERSONAL_DATA).sort())
  const unknown = Object.entries(PERSONAL_DATA).flatMap(([table, declared]) =>
    'personal' in declared ? declared.personal.filter((column) => !tables.get(table)?.includes(column)) : [],
  )
  expect(unknown).toEqual([])
})

it('S18: a column that says whose a row is, or holds words, is declared as personal', async () => {
  const { rows } = await pool.query<{ table: string; column: string }>(`
    SELECT table_name AS table, column_name AS column FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name IN (
      SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE')
    AND (data_type IN ('jsonb', 'bytea') OR column_name IN ('driver_id', 'conversation_id', 'wamid', 'phone', 'wa_id',
      'user_id', 'text', 'reason', 'caption', 'said', 'latitude', 'longitude', 'object_key', 'name'))`)
  const isDeclared = ({ table, column }: (typeof rows)[number]) => {
    const declared = Object.entries(PERSONAL_DATA).find(([name]) => name === table)?.[1]
    if (!declared || 'keeps' in declared) return true
    const personal: readonly string[] = declared.personal
    return personal.includes(column)
  }
  // Why a message is among the dead letters, and why an event is kept: words of ours.
  const ours = ['dead_letters.reason', 'webhook_events.reason']
  const missing = rows.filter((row) => !isDeclared(row)).map(({ table, column }) => `${table}.${column}`)
  expect(missing.sort()).toEqual(ours)
})
