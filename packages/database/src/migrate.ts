import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runner } from 'node-pg-migrate'
import { applyGrants, createRoles, type Logins } from './roles.ts'

const MIGRATIONS_DIR = fileURLToPath(new URL('../migrations', import.meta.url))
const CONNECT_MS_MAX = 10_000

type Options = {
  /** Those of another version, with the grants beside them. */
  dir?: string | undefined
  /** The URLs of the services: their users are created, with their passwords. */
  logins?: Logins | undefined
}

/**
 * Brings a database to the newest schema, and its roles to the rights that go with it. Safe to run from several places at
 * once: one migrates, the others wait.
 */
export async function migrate(
  databaseUrl: string,
  { dir = MIGRATIONS_DIR, logins = {} }: Options = {},
): Promise<void> {
  // Migrations know the roles: row-level security is theirs.
  await createRoles(databaseUrl)
  await runner({
    databaseUrl: { connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_MS_MAX },
    dir,
    direction: 'up',
    migrationsTable: 'migrations',
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  })
  const grants = join(dir, '../grants.sql')
  if (existsSync(grants)) await applyGrants(databaseUrl, grants, logins)
}
