import { createHash, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { migrate } from '@waybill/database'
import pg from 'pg'
import { eventually } from './eventually.ts'
import { serverUrls } from './server-urls.ts'

const MIGRATIONS = new URL('../../database/migrations/', import.meta.url)
const TEMPLATE_LOCK = 7_201_990
const LEAVING_MS_MAX = 1_000

/** A migrated database of its own, dropped at the end together with what is still connected to it. */
export async function freshDatabase(): Promise<{ url: string } & AsyncDisposable> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await asAdmin(async (admin) => {
    const template = await migratedTemplate(admin)
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`)
  })
  return {
    url: databaseUrl(name),
    [Symbol.asyncDispose]: () =>
      asAdmin(async (admin) => {
        await untilLeft(admin, name)
        await admin.query(`DROP DATABASE ${name} WITH (FORCE)`)
      }),
  }
}

// A pool that has ended is still closing its connections: to be cut off now would be an error that nobody catches.
async function untilLeft(admin: pg.Client, name: string): Promise<void> {
  const isLeft = async () =>
    !(await admin.query('SELECT FROM pg_stat_activity WHERE datname = $1', [name])).rowCount
  await eventually(isLeft, { timeoutMs: LEAVING_MS_MAX, what: `${name} to be left` }).catch(() => {})
}

// Migrated once per server and schema. A copy of it takes some milliseconds, but a template must not be in use
// while it is copied: the lock covers both.
async function migratedTemplate(admin: pg.Client): Promise<string> {
  const template = `template_${schemaHash()}`
  await admin.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK])
  const found = await admin.query('SELECT FROM pg_database WHERE datname = $1', [template])
  if (found.rowCount) return template

  const draft = `${template}_draft`
  await admin.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`)
  await admin.query(`CREATE DATABASE ${draft}`)
  await migrate(databaseUrl(draft))
  await admin.query(`ALTER DATABASE ${draft} RENAME TO ${template}`)
  return template
}

function schemaHash(): string {
  const hash = createHash('sha256')
  for (const file of [...readdirSync(MIGRATIONS).sort(), '../grants.sql'])
    hash.update(file).update(readFileSync(new URL(file, MIGRATIONS)))
  return hash.digest('hex').slice(0, 16)
}

function databaseUrl(name: string): string {
  const url = new URL(serverUrls().postgres)
  url.pathname = `/${name}`
  return url.href
}

// Ending the session releases the lock.
async function asAdmin(work: (admin: pg.Client) => Promise<void>): Promise<void> {
  const admin = new pg.Client({ connectionString: serverUrls().postgres })
  await admin.connect()
  try {
    await work(admin)
  } finally {
    await admin.end()
  }
}
