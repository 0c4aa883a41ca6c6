import { Counter, Histogram, type Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

const ANSWERED_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 300, 1_800]

export function createMetrics(registry: Registry) {
  return {
    sends: new Counter({
      name: 'waybill_sends_total',
      help: 'Attempts to send by outcome, with the error code of WhatsApp where it gave one',
      labelNames: ['outcome', 'code'],
      registers: [registry],
    }),
    forms: new Counter({
      name: 'waybill_send_forms_total',
      help: 'Attempts to send by form: free inside the 24-hour window, template outside, fallback for a template of second choice',
      labelNames: ['form'],
      registers: [registry],
    }),
    sendSeconds: new Histogram({
      name: 'waybill_send_seconds',
      help: 'How long WhatsApp took to answer',
      buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers: [registry],
    }),
    acceptedAfterSeconds: new Histogram({
      name: 'waybill_reply_accepted_after_seconds',
      help: 'From the commit of a reply to its acceptance by WhatsApp',
      labelNames: ['priority'],
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
      registers: [registry],
    }),
    webhookToAcceptedSeconds: new Histogram({
      name: 'waybill_webhook_to_accepted_seconds',
      help: 'From the arrival of a message at ingress to the acceptance of each of its replies by WhatsApp',
      buckets: ANSWERED_BUCKETS,
      registers: [registry],
    }),
    messageToAcceptedSeconds: new Histogram({
      name: 'waybill_message_to_accepted_seconds',
      help: 'From the second in which WhatsApp took a message to its acceptance of each of its replies',
      buckets: ANSWERED_BUCKETS,
      registers: [registry],
    }),
    cancelled: new Counter({
      name: 'waybill_sends_cancelled_total',
      help: 'Messages that nobody asked for and that were not sent, because the driver has opted out',
      registers: [registry],
    }),
    fenced: new Counter({
      name: 'waybill_lane_fenced_total',
      help: 'Work thrown away because somebody else had taken the lane',
      labelNames: ['lane'],
      registers: [registry],
    }),
    presence: new Counter({
      name: 'waybill_presence_total',
      help: 'Messages marked as read, by outcome',
      labelNames: ['outcome'],
      registers: [registry],
    }),
  }
}
