import { Counter, type Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

export function createMetrics(registry: Registry) {
  return {
    notices: new Counter({
      name: 'waybill_dispatch_notices_total',
      help: 'Attempts to tell dispatchers, by kind of notice and by what became of them: sent, retry, dead',
      labelNames: ['kind', 'outcome'],
      registers: [registry],
    }),
    told: new Counter({
      name: 'waybill_dispatch_channel_total',
      help: 'Calls of a channel by outcome: told, failed',
      labelNames: ['channel', 'outcome'],
      registers: [registry],
    }),
  }
}
