import { logOf, parseEnv, serviceEnv, tracingOf } from '@waybill/service-kit'
import { z } from 'zod'

export const envSchema = z.object({
  ...serviceEnv,
  AMQP_URL: z.url({ protocol: /^amqps?$/ }).describe('RabbitMQ, with user and vhost'),
  WHATSAPP_APP_SECRET: z.string().min(8).describe('App secret that WhatsApp signs webhooks with'),
  WHATSAPP_APP_SECRET_PREVIOUS: z
    .string()
    .min(8)
    .optional()
    .describe('The secret before, while it is being rotated'),
  WHATSAPP_VERIFY_TOKEN: z
    .string()
    .min(8)
    .describe('Token of the webhook handshake, as entered in the app dashboard'),
  ORDER_EVENTS_SECRET: z
    .string()
    .min(24)
    .optional()
    .describe('What the order system signs its events with; without it /order-events does not exist'),
  ORDER_EVENTS_SECRET_PREVIOUS: z
    .string()
    .min(24)
    .optional()
    .describe('The secret before, while it is being rotated'),
  CONFIRM_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(10_000)
    .default(2_000)
    .describe('How long to wait for RabbitMQ before WhatsApp is told to send again'),
})

export type Config = ReturnType<typeof loadConfig>

export function loadConfig(env: NodeJS.ProcessEnv) {
  const data = parseEnv(envSchema, env)
  return {
    instance: data.INSTANCE,
    http: { host: data.HOST, port: data.PORT },
    log: logOf(data),
    tracing: tracingOf(data),
    orderEvents: {
      secrets: [data.ORDER_EVENTS_SECRET, data.ORDER_EVENTS_SECRET_PREVIOUS].filter((it) => it !== undefined),
    },
    amqp: { url: data.AMQP_URL, confirmTimeoutMs: data.CONFIRM_TIMEOUT_MS },
    whatsapp: {
      appSecrets: [data.WHATSAPP_APP_SECRET, data.WHATSAPP_APP_SECRET_PREVIOUS].filter(
        (it) => it !== undefined,
      ),
      verifyToken: data.WHATSAPP_VERIFY_TOKEN,
    },
  }
}
