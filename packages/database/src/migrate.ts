import { fileURLToPath } from 'node:url'
import { runner } from 'node-pg-migrate'

const MIGRATIONS_DIR = fileURLToPath(new URL('../migrations', import.meta.url))
const CONNECT_MS_MAX = 10_000

/** Brings a database to the newest schema. Safe to run from several places at once: one migrates, the others wait. */
export async function migrate(databaseUrl: string, dir = MIGRATIONS_DIR): Promise<void> {
  await runner({
    databaseUrl: { connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_MS_MAX },
    dir,
    direction: 'up',
    migrationsTable: 'migrations',
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  })
}
