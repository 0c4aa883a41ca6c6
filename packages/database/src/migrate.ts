import { fileURLToPath } from 'node:url'
import { runner } from 'node-pg-migrate'

/** Brings a database to the newest schema. Safe to run from several places at once: one migrates, the others wait. */
export async function migrate(databaseUrl: string): Promise<void> {
  await runner({
    databaseUrl,
    dir: fileURLToPath(new URL('../migrations', import.meta.url)),
    direction: 'up',
    migrationsTable: 'migrations',
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  })
}
