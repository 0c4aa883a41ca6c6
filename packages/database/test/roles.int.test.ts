import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { freshDatabase } from '@waybill/test-kit'
import pg from 'pg'
import { migrate } from '../src/migrate.ts'
import { applyGrants, ROLES, type Role, urlAs } from '../src/roles.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let owner: pg.Client
beforeAll(async () => {
  database = await freshDatabase()
  owner = new pg.Client({ connectionString: database.url })
  await owner.connect()
})
afterAll(async () => {
  await owner.end()
  await database[Symbol.asyncDispose]()
})

const GRANTS = fileURLToPath(new URL('../grants.sql', import.meta.url))
const LETTERS = { SELECT: 'r', INSERT: 'a', UPDATE: 'w', DELETE: 'd' } as const

/** r: read, a: add, w: change, d: delete. In the order of ROLES, without `waybill_`. */
const MATRIX = `
                      intake assistant sender scheduler dispatch tools
audit                 a      ra        a      ra        ra       ra
audit_links           ·      ·         ·      ra        ·        r
check_ins             ·      raw       ·      raw       ·        ·
conversations         raw    raw       r      r         rw       ·
dead_letters          ·      ·         ·      rd        raw      ·
dispatch_notices      ·      raw       a      r         raw      ·
drivers               ·      rw        ·      r         rw       raw
faq_entries           ·      r         ·      ·         raw      rawd
faq_phrases           ·      r         ·      ·         rad      rawd
guardrail_events      ·      ra        ·      ·         ·        ·
identities            ·      raw       ·      r         rwd      rad
inbound               a      rw        r      r         rw       ·
lanes                 raw    raw       rw     r         raw      ·
migrations            ·      ·         ·      ·         ·        ·
model_calls           ·      a         ·      ·         ·        ·
order_commands        ·      raw       ·      r         ·        ·
order_events          ·      raw       rw     raw       ·        ·
outbound              rw     ra        rw     r         ra       ·
proof_parts           ·      ra        ·      ·         ·        ·
proofs                ·      raw       ·      ·         ·        ·
rates                 ·      ·         raw    ·         ·        ·
receipts              a      r         ·      ·         ·        ·
takeovers             ·      r         ·      ·         raw      ·
templates             raw    ·         raw    ·         ·        ·
transcripts           ·      ra        ·      ·         ·        ·
turns                 ·      ra        r      r         ra       ·
unanswered_questions  ·      ·         ·      ·         r        ·
visible_duplicates    ·      ·         ·      ·         ·        ·
webhook_events        a      ·         ·      ·         ·        ·
`

async function matrix(): Promise<string> {
  const { rows } = await owner.query<{ table: string; rights: string[] }>(
    `SELECT c.relname AS table, ARRAY(
        SELECT concat(${Object.entries(LETTERS)
          .map(
            ([right, letter]) =>
              `CASE WHEN has_table_privilege(r.role, c.oid, '${right}') THEN '${letter}' END`,
          )
          .join(', ')})
        FROM unnest($1::text[]) WITH ORDINALITY AS r (role, n) ORDER BY n) AS rights
      FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v') ORDER BY 1`,
    [ROLES],
  )
  const names = ROLES.map((role) => role.replace('waybill_', ''))
  const line = (first: string, rest: readonly string[]) =>
    `${first.padEnd(22)}${rest.map((it, index) => it.padEnd((names[index] ?? '').length + 1)).join('')}`.trimEnd()
  return [
    '',
    line('', names),
    ...rows.map(({ table, rights }) =>
      line(
        table,
        rights.map((it) => it || '·'),
      ),
    ),
    '',
  ].join('\n')
}

async function as<T>(role: Role, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: urlAs(role, database.url) })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

it('S25: each role has the rights that its service needs on each table, and no others', async () => {
  expect(await matrix()).toBe(MATRIX)
})

describe('S25: no role', () => {
  it.each(ROLES)('%s owns anything, may create anything, or passes by row-level security', async (role) => {
    const { rows } = await owner.query(
      `SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication AS mighty,
        has_schema_privilege($1, 'public', 'CREATE') AS creates,
        EXISTS (SELECT FROM pg_class WHERE relowner = r.oid) AS owns
      FROM pg_roles r WHERE rolname = $1`,
      [role],
    )
    expect(rows).toEqual([{ mighty: false, creates: false, owns: false }])
  })

  it('gets a right from a function, but for the trigger that tells dispatch of a lock: they run with the rights of who calls them', async () => {
    const { rows } = await owner.query(
      `SELECT proname, proconfig FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef`,
    )
    expect(rows).toEqual([{ proname: 'tell_of_lock', proconfig: ['search_path=public, pg_temp'] }])
  })

  it('that is not ours may call one', async () => {
    const { rows } = await owner.query(
      `SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND has_function_privilege('public', oid, 'EXECUTE')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = pg_proc.oid AND d.deptype = 'e')`,
    )
    expect(rows).toEqual([])
  })
})

it.each(ROLES)('S19: %s can’t change or remove a row of the audit', async (role) => {
  await owner.query("INSERT INTO audit (action) VALUES ('something')")
  await as(role, async (client) => {
    for (const sql of [
      "UPDATE audit SET action = 'other'",
      'DELETE FROM audit',
      'TRUNCATE audit',
      'DELETE FROM audit_links',
    ])
      await expect(client.query(sql)).rejects.toThrow('permission denied')
    await expect(client.query('SET session_replication_role = replica')).rejects.toThrow('permission denied')
    await expect(client.query("SELECT erase_audit('driver', 1)")).rejects.toThrow('permission denied')
  })
})

it('S25: is given back what somebody has taken, and loses what somebody has given', async () => {
  await owner.query(
    'REVOKE SELECT ON outbound FROM waybill_sender; GRANT DELETE ON drivers TO waybill_intake',
  )
  await migrate(database.url)
  expect(await matrix()).toBe(MATRIX)
})

it('S25: logs in as whom its URL names, with that password', async () => {
  const url = urlAs('waybill_sender', database.url)
  const user = `sender_${Date.now()}`
  await migrate(database.url, {
    logins: { waybill_sender: url.replace('waybill_sender', `${user}:s3cret-s3cret-s3cret`) },
  })
  try {
    const { rows } = await owner.query(
      `SELECT pg_has_role($1, 'waybill_sender', 'USAGE') AS "mayActAs", rolpassword LIKE 'SCRAM-SHA-256%' AS "hasPassword" FROM pg_authid WHERE rolname = $1`,
      [user],
    )
    expect(rows).toEqual([{ mayActAs: true, hasPassword: true }])
  } finally {
    await owner.query(`DROP ROLE ${user}`)
  }
})

it('says what an administrator has to run where the owner may not create roles', async () => {
  const plain = `plain_${Date.now()}`
  await owner.query(
    `CREATE ROLE ${plain} LOGIN; GRANT ALL ON DATABASE ${new URL(database.url).pathname.slice(1)} TO ${plain}`,
  )
  const url = new URL(database.url)
  url.username = plain
  const logins = { waybill_sender: url.href.replace(plain, 'another:s3cret') }
  try {
    const applied = applyGrants(url.href, GRANTS, logins)
    await expect(applied).rejects.toThrow(
      /may not create roles.*CREATE ROLE "another" LOGIN;.*PASSWORD '…';/s,
    )
    await expect(applied).rejects.not.toThrow('s3cret')
  } finally {
    await owner.query(`DROP OWNED BY ${plain}; DROP ROLE ${plain}`)
  }
})
