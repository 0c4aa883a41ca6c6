import { countOpenDeadLetters, type Pool } from '@waybill/database'
import { Gauge, type Registry } from 'prom-client'

type Deps = { pool: Pool; registry: Registry; onError: (error: unknown) => void }

/** A gauge of what waits for a person, read when Prometheus asks. While it can't be read there is none. */
export function exposeDeadLetters({ pool, registry, onError }: Deps): void {
  new Gauge({
    name: 'waybill_dead_letters',
    help: 'Messages that were set aside and that nobody has replayed or dropped',
    labelNames: ['queue'],
    registers: [registry],
    async collect() {
      this.reset()
      const counts = await countOpenDeadLetters(pool).catch((error: unknown) => {
        onError(error)
        return []
      })
      for (const { queue, count } of counts) this.set({ queue }, count)
    },
  })
}
