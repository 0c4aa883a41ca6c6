import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/** A registry with the metrics of the process and its memory limit; every metric carries the service and the instance. */
export function createRegistry(identity: { service: string; instance: string }): Registry {
  const registry = new Registry()
  registry.setDefaultLabels(identity)
  collectDefaultMetrics({ register: registry })
  // 0 where nobody has set a limit.
  const limit = process.constrainedMemory()
  new Gauge({
    name: 'waybill_memory_limit_bytes',
    help: 'What the container may use; absent without a limit',
    registers: [registry],
    collect() {
      this.remove() // reset() would say 0
      if (limit > 0 && limit < Number.MAX_SAFE_INTEGER) this.set(limit)
    },
  })
  return registry
}
