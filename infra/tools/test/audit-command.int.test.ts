import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { sealAudit } from '@waybill/database'
import { freshDatabase } from '@waybill/test-kit'
import pg from 'pg'
import { auditCommand } from '../src/audit-command.ts'

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

async function run(...args: string[]): Promise<{ code: number; said: string[] }> {
  const said: string[] = []
  const code = await auditCommand(
    args,
    () => database.url,
    (line) => said.push(line),
  )
  return { code, said }
}

it('S19: says that nothing was changed, and then what was', async () => {
  await pool.query("INSERT INTO audit (action) VALUES ('one'), ('two')")
  await sealAudit(pool)
  await pool.query("INSERT INTO audit (action) VALUES ('three')")
  const whole = await run('verify')
  expect(whole).toEqual({
    code: 0,
    said: [
      expect.stringMatching(/^\d{4}-\d\d-\d\d {2}2 rows, last link [0-9a-f]{64}$/),
      '1 rows are newer than the last sealing',
      'nothing was changed',
    ],
  })
  const link = whole.said[0]?.slice(-64) ?? ''
  expect(await run('verify', '--expect', link)).toMatchObject({ code: 0 })

  await pool.query(
    "SET session_replication_role = replica; DELETE FROM audit WHERE action = 'two'; DELETE FROM audit_links WHERE seq = 2; SET session_replication_role = DEFAULT",
  )
  expect(await run('verify')).toMatchObject({ code: 0 }) // its end can be cut off unseen: hence --expect
  const cut = await run('verify', '--expect', link)
  expect(cut.code).toBe(1)
  expect(cut.said).toContain(
    `${link} is no link of the chain: its end was cut off, or all of it was made anew`,
  )
  await pool.query(
    "SET session_replication_role = replica; UPDATE audit SET action = 'none'; SET session_replication_role = DEFAULT",
  )
  expect((await run('verify')).said).toContain('row 1 was changed')
})

it('knows what it is asked', async () => {
  expect((await run()).code).toBe(2)
  expect((await run('verify', '--day')).code).toBe(2)
  await expect(run('verify', '--expect', 'abc')).rejects.toThrow('64 hexadecimal digits')
})
