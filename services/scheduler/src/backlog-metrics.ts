import { type Backlog, type Pool, readBacklog } from '@waybill/database'
import { Gauge, type Registry } from 'prom-client'

type Deps = { pool: Pool; registry: Registry; onError: (error: unknown) => void }

/** Gauges of what waits in PostgreSQL, read when Prometheus asks. While it can't be read there are none: no news is not zero. */
export function exposeBacklog({ pool, registry, onError }: Deps): void {
  let backlog: Promise<readonly Backlog[]> | undefined
  // Both gauges of one scrape are of one look.
  const look = () => {
    backlog ??= readBacklog(pool).catch((error: unknown) => {
      onError(error)
      return []
    })
    return backlog
  }
  new Gauge({
    name: 'waybill_backlog',
    help: 'Rows that wait: messages without an answer, replies and broadcasts not accepted, order commands, notices, check-ins',
    labelNames: ['work'],
    registers: [registry],
    async collect() {
      this.reset()
      for (const { work, waiting } of await look()) this.set({ work }, waiting)
    },
  })
  new Gauge({
    name: 'waybill_backlog_oldest_seconds',
    help: 'How long the oldest of them has waited; 0 when nothing waits',
    labelNames: ['work'],
    registers: [registry],
    async collect() {
      this.reset()
      for (const { work, oldestSeconds } of await look()) this.set({ work }, oldestSeconds)
      backlog = undefined
    },
  })
}
