import { Counter, Histogram, type Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

export function createMetrics(registry: Registry) {
  return {
    elements: new Counter({
      name: 'waybill_intake_elements_total',
      help: 'What webhooks carried, by kind: message, receipt, account event, for a foreign number, malformed, older than rows are kept (old)',
      labelNames: ['kind'],
      registers: [registry],
    }),
    visibleDuplicates: new Counter({
      name: 'waybill_visible_duplicates_total',
      help: 'Replies that a driver has twice, by the receipts of WhatsApp',
      registers: [registry],
    }),
    receipts: new Counter({
      name: 'waybill_receipts_total',
      help: 'Receipts of WhatsApp as they came, by status: sent, delivered, read, failed, played, deleted, other',
      labelNames: ['status'],
      registers: [registry],
    }),
    recordedAfterSeconds: new Histogram({
      name: 'waybill_message_recorded_after_seconds',
      help: 'From the arrival of a message at ingress to its record',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600],
      registers: [registry],
    }),
    batchSeconds: new Histogram({
      name: 'waybill_intake_batch_seconds',
      help: 'From a batch of webhooks in hand to recorded and woken',
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers: [registry],
    }),
  }
}
