import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { freshDatabase } from '@waybill/test-kit'
import pg from 'pg'
import { checkAudit, oldestUnsealed, sealAudit } from '../src/audit-chain.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let pool: pg.Pool

beforeEach(async () => {
  database = await freshDatabase()
  pool = new pg.Pool({ connectionString: database.url, max: 20 })
})
afterEach(async () => {
  await pool.end()
  await database[Symbol.asyncDispose]()
})

async function write(action: string, driverId: string | null = null): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO audit (action, driver_id, conversation_id, detail) VALUES ($1, $2, $2, '{"word": "secret"}') RETURNING id`,
    [action, driverId],
  )
  return rows[0]?.id ?? ''
}
async function sealed(count: number): Promise<string[]> {
  const ids: string[] = []
  for (let n = 0; n < count; n += 1) ids.push(await write(`action-${n}`))
  await sealAudit(pool)
  return ids
}
/** As who owns the table can. */
const behindItsBack = (sql: string, ...values: unknown[]) =>
  pool.query(
    `SET session_replication_role = replica; ${values.reduce<string>((text, value, index) => text.replaceAll(`$${index + 1}`, `'${String(value)}'`), sql)}; SET session_replication_role = DEFAULT`,
  )
const problems = async () => (await checkAudit(pool)).problems

describe('the audit', () => {
  it.each([
    ["UPDATE audit SET detail = '{}'"],
    ["UPDATE audit SET action = 'other'"],
    ['UPDATE audit SET erased_by = 1'],
    ['DELETE FROM audit'],
    ['TRUNCATE audit'],
    ["UPDATE audit_links SET content = '\\x00'"],
    ['DELETE FROM audit_links'],
    ['TRUNCATE audit_links'],
  ])('S19: only grows: %s', async (sql) => {
    await sealed(2)
    await expect(pool.query(sql)).rejects.toThrow('the audit only grows')
    expect(await problems()).toEqual([])
  })

  it('S19: is sealed whole while many write to it, in whatever order they commit, by two sealers at once', async () => {
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let n = 0; n < 20; n += 1) {
        const client = await pool.connect()
        await client.query('BEGIN')
        await client.query(`INSERT INTO audit (action) VALUES ('writer-${writer}')`)
        if (n % 3 === 0) await pool.query(`INSERT INTO audit (action) VALUES ('overtaking')`)
        await client.query(n % 5 === 0 ? 'ROLLBACK' : 'COMMIT')
        client.release()
      }
    })
    let isWriting = true
    const sealers = [sealAll(), sealAll()]
    await Promise.all(writers)
    isWriting = false
    await Promise.all(sealers)
    await sealAudit(pool)
    const { rows } = await pool.query<{ count: number }>('SELECT count(*)::int AS count FROM audit')
    const { days, problems: found, unsealed } = await checkAudit(pool)
    expect(found).toEqual([])
    expect(unsealed).toBe(0)
    expect(days.reduce((sum, day) => sum + day.rows, 0)).toBe(rows[0]?.count)
    expect(await oldestUnsealed(pool)).toBe(0)

    async function sealAll() {
      while (isWriting) await sealAudit(pool)
    }
  })

  it('S19: shows what was done behind its back, and where', async () => {
    const [first = '', second = '', third = '', fourth = ''] = await sealed(6)
    expect(await problems()).toEqual([])
    await behindItsBack(`UPDATE audit SET detail = '{"word": "other"}' WHERE id = $1`, second)
    expect(await problems()).toEqual([{ auditId: second, problem: 'changed' }])
    await behindItsBack(`UPDATE audit SET detail = '{"word": "secret"}' WHERE id = $1`, second)
    expect(await problems()).toEqual([])

    await behindItsBack('DELETE FROM audit WHERE id = $1', third)
    expect(await problems()).toEqual([{ auditId: third, problem: 'gone' }])
    await behindItsBack('DELETE FROM audit_links WHERE audit_id = $1', third)
    expect(await problems()).toEqual([{ auditId: fourth, problem: 'missing' }])
    await behindItsBack("UPDATE audit_links SET content = sha256('x') WHERE audit_id = $1", first)
    expect(await problems()).toContainEqual({ auditId: first, problem: 'link' })
  })

  it('S19: shows two rows that have changed places, one put in late, one without a link, and one emptied in silence', async () => {
    const [first = '', second = '', third = ''] = await sealed(4)
    await behindItsBack(
      "UPDATE audit SET action = CASE id WHEN $1 THEN 'action-1' ELSE 'action-0' END WHERE id IN ($1, $2)",
      first,
      second,
    )
    expect(await problems()).toEqual([first, second].map((auditId) => ({ auditId, problem: 'changed' })))

    await behindItsBack("UPDATE audit SET detail = '{}', erased_by = $1 WHERE id = $2", first, third)
    expect(await problems()).toContainEqual({ auditId: third, problem: 'erased' })

    await pool.query("INSERT INTO audit (action, at) VALUES ('forged', now() - interval '1 day')")
    await sealAudit(pool)
    expect((await problems()).map(({ problem }) => problem)).toContain('late')

    await behindItsBack("UPDATE audit_links SET sealed_at = sealed_at - interval '1 hour' WHERE seq < 5")
    await behindItsBack('DELETE FROM audit_links WHERE audit_id = $1', first)
    expect(await problems()).toContainEqual({ auditId: first, problem: 'unlinked' })
  })

  it('S19: forgets what it says of a driver, and stays what it is', async () => {
    const ofAna = [await write('turn.answered', 'ana'), await write('turn.answered', 'ana')]
    await sealAudit(pool)
    const [ofBen, unsealed] = [await write('turn.answered', 'ben'), await write('turn.answered', 'ana')]
    const by = await write('driver.erased')
    const { rows } = await pool.query<{ erased: string }>('SELECT erase_audit($1, $2) AS erased', ['ana', by])
    expect(rows).toEqual([{ erased: '3' }])
    await sealAudit(pool)
    const { days, problems: found } = await checkAudit(pool)
    expect(found).toEqual([])
    expect(days[0]).toMatchObject({ rows: 5, erased: 3 })
    const { rows: left } = await pool.query('SELECT id, driver_id, detail FROM audit ORDER BY id')
    const nothing = (id: string) => ({ id, driver_id: null, detail: {} })
    const something = (id: string, driver: string | null) => ({
      id,
      driver_id: driver,
      detail: { word: 'secret' },
    })
    expect(left).toEqual([
      ...ofAna.map(nothing),
      something(ofBen, 'ben'),
      nothing(unsealed),
      something(by, null),
    ])
    const { rows: salts } = await pool.query('SELECT 1 FROM audit_links WHERE salt IS NULL')
    expect(salts).toHaveLength(3)
  })

  it('S19: is emptied by nothing else than an erasure that is on record', async () => {
    await write('turn.answered', 'ana')
    const by = await write('turn.answered')
    await expect(pool.query('SELECT erase_audit($1, $2)', ['ana', by])).rejects.toThrow(
      'the audit only grows',
    )
  })
})
