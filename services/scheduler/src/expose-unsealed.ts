import { oldestUnsealed, type Pool } from '@waybill/database'
import { Gauge, type Registry } from 'prom-client'

type Deps = { pool: Pool; registry: Registry; onError: (error: unknown) => void }

/** Read when Prometheus asks; while it can't be read there is none. */
export function exposeUnsealed({ pool, registry, onError }: Deps): void {
  new Gauge({
    name: 'waybill_audit_unsealed_seconds',
    help: 'How old the oldest row of the audit is that is not in its chain yet; 0 when all are',
    registers: [registry],
    async collect() {
      this.remove()
      try {
        this.set(await oldestUnsealed(pool))
      } catch (error) {
        onError(error)
      }
    },
  })
}
