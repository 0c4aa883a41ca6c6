import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { PublishFailure } from './errors.ts'

export type PublishOutcome = 'confirmed' | PublishFailure
export type DeliveryOutcome = 'done' | 'retried' | 'dead-lettered' | 'lost'
export type Metrics = ReturnType<typeof createMetrics>

export function createMetrics(registry: Registry) {
  const registers = [registry]
  const published = new Counter({
    name: 'waybill_messages_published_total',
    help: 'Publishes by outcome: confirmed, or why not',
    labelNames: ['routing_key', 'outcome'],
    registers,
  })
  const publishSeconds = new Histogram({
    name: 'waybill_publish_seconds',
    help: 'From publish to confirm',
    labelNames: ['routing_key'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 2, 5],
    registers,
  })
  return {
    connected: new Gauge({
      name: 'waybill_broker_connected',
      help: '1 while the connection of this role is up',
      labelNames: ['role'],
      registers,
    }),
    blocked: new Gauge({
      name: 'waybill_broker_blocked',
      help: '1 while the broker takes nothing from publishers (a disk or memory alarm)',
      registers,
    }),
    consumed: new Counter({
      name: 'waybill_messages_consumed_total',
      help: 'Deliveries by what became of them: done, retried, dead-lettered, or lost with their channel',
      labelNames: ['queue', 'outcome'],
      registers,
    }),
    redelivered: new Counter({
      name: 'waybill_messages_redelivered_total',
      help: 'Deliveries that somebody had before, and died or lost the channel',
      labelNames: ['queue'],
      registers,
    }),
    inFlight: new Gauge({
      name: 'waybill_messages_in_flight',
      help: 'Deliveries that this process has and has not acknowledged',
      labelNames: ['queue'],
      registers,
    }),
    /** Starts the clock of one publish; call the result once, with its outcome. */
    meterPublish(routingKey: string) {
      const since = performance.now()
      return (outcome: PublishOutcome) => {
        published.inc({ routing_key: routingKey, outcome })
        if (outcome === 'confirmed') {
          publishSeconds.observe({ routing_key: routingKey }, (performance.now() - since) / 1_000)
        }
      }
    },
  }
}
