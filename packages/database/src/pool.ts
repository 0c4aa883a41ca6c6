import pg from 'pg'
import type { Logger } from 'pino'
import { Gauge, type Registry } from 'prom-client'

export type Pool = pg.Pool

type PoolOptions = {
  url: string
  name: string
  connectionsMax: number
  registry: Registry
  log: Logger
}

// A statement of ours takes milliseconds. One that takes this long is stuck, and so is who waits for it.
const STATEMENT_MS_MAX = 10_000
const CONNECT_MS_MAX = 5_000
// An idle connection whose other end has gone without a word is found out before a query meets it. Linux asks after two hours.
const KEEP_ALIVE_MS = 10_000

/**
 * Connections are opened when needed and replaced when PostgreSQL cuts them, or when a query on them had no answer. There
 * are no transactions over several statements: nothing can be idle in one, and a lock is waited for as long as a
 * statement may take.
 */
export function createPool({ url, name, connectionsMax, registry, log }: PoolOptions): Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: name,
    max: connectionsMax,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    statement_timeout: STATEMENT_MS_MAX,
    query_timeout: STATEMENT_MS_MAX + 1_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  })
  pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection was lost'))
  new Gauge({
    name: 'waybill_database_connections',
    help: 'PostgreSQL connections of this process by state',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.set({ state: 'idle' }, pool.idleCount)
      this.set({ state: 'busy' }, pool.totalCount - pool.idleCount)
      this.set({ state: 'waited-for' }, pool.waitingCount)
    },
  })
  return pool
}
