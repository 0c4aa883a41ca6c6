import { z } from 'zod'
import { defineQueue } from './define-queue.ts'

/**
 * A webhook as WhatsApp sent it: the payload is the raw body, untouched.
 * Ingress parses nothing, so there is no schema to break here.
 */
export const webhookReceived = defineQueue({
  queue: 'intake.webhook-received',
  routingKey: 'webhook.received.v1',
  schema: z.custom<Uint8Array>((body) => body instanceof Uint8Array),
  retry: { attemptsMax: 1, delayMsMin: 1_000, delayMsMax: 1_000 },
  isSingleActiveConsumer: true,
  lengthBytesMax: 2 * 1024 ** 3,
})

/** AMQP headers of a webhook. */
export const webhookHeadersSchema = z.object({
  /** Ingress clock, microseconds since 1970: orders what WhatsApp stamped with the same second. */
  receivedAtUs: z.number().int().nonnegative(),
  ingressId: z.string(),
})

export type WebhookHeaders = z.output<typeof webhookHeadersSchema>
