import { Counter, Histogram, type Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

export function createMetrics(registry: Registry) {
  return {
    requests: new Counter({
      name: 'waybill_webhook_requests_total',
      help: 'Webhook requests by outcome: kept, or why WhatsApp was told otherwise',
      labelNames: ['outcome'],
      registers: [registry],
    }),
    orderEvents: new Counter({
      name: 'waybill_order_events_total',
      help: 'Events of the order system by outcome: kept, or what it was told to do about them',
      labelNames: ['outcome'],
      registers: [registry],
    }),
    ackSeconds: new Histogram({
      name: 'waybill_webhook_ack_seconds',
      help: 'From the whole body in hand to the answer',
      labelNames: ['outcome'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2],
      registers: [registry],
    }),
  }
}
