import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { freshDatabase } from '@waybill/test-kit'
import pg from 'pg'

const RUNBOOKS = fileURLToPath(new URL('../../../docs/runbooks', import.meta.url))
const queries = globSync('*.md', { cwd: RUNBOOKS }).flatMap((page) => {
  const text = readFileSync(join(RUNBOOKS, page), 'utf8')
  const found = [...text.matchAll(/`(SELECT .*?)`|psql "\$DATABASE_URL" -c ["'](SELECT .*?)["']\n/g)]
  return found.map(([, inline, command]) => ({ page, query: inline ?? command ?? '' }))
})

let database: Awaited<ReturnType<typeof freshDatabase>>
let client: pg.Client
beforeAll(async () => {
  database = await freshDatabase()
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await database[Symbol.asyncDispose]()
})

describe('the queries of the runbooks', () => {
  it('are found', () => expect(queries.length).toBeGreaterThan(8))

  it.each(queries)('$page: $query', async ({ query }) => {
    await expect(client.query(query)).resolves.toMatchObject({ command: 'SELECT' })
  })
})
