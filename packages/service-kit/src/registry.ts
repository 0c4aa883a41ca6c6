import { collectDefaultMetrics, Registry } from 'prom-client'

/** A registry with the metrics of the process; every metric carries the service and the instance. */
export function createRegistry(identity: { service: string; instance: string }): Registry {
  const registry = new Registry()
  registry.setDefaultLabels(identity)
  collectDefaultMetrics({ register: registry })
  return registry
}
