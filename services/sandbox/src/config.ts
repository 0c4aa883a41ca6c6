import { logOf, parseEnv, serviceEnv } from '@waybill/service-kit'
import { z } from 'zod'
import { FLEET_PATH } from './fleet.ts'

const envSchema = z.object({
  ...serviceEnv,
  SANDBOX_WEBHOOK_URL: z.url({ protocol: /^https?$/ }).describe('Where webhooks are posted: the front door'),
  SANDBOX_FLEET: z.string().min(1).default(FLEET_PATH).describe('The drivers there are, a JSON file'),
  SANDBOX_MODEL_LATENCY_MS: z.coerce
    .number()
    .int()
    .min(0)
    .default(400)
    .describe('How long the stand-in for the model thinks, more or less'),
  WHATSAPP_APP_SECRET: z.string().min(1).describe('Signs webhooks'),
  WHATSAPP_VERIFY_TOKEN: z.string().min(1).describe('For the handshake'),
  WHATSAPP_ACCESS_TOKEN: z.string().min(1).describe('What the Cloud API accepts'),
  WHATSAPP_PHONE_NUMBER_ID: z.string().regex(/^\d+$/, 'must be digits').describe('The business number'),
  WHATSAPP_WABA_ID: z.string().regex(/^\d+$/, 'must be digits').describe('The business account'),
  OPENROUTER_API_KEY: z.string().min(1).describe('What OpenRouter accepts'),
  ORDERS_API_TOKEN: z.string().min(1).describe('What the order system accepts'),
  ORDER_EVENTS_SECRET: z.string().min(1).optional().describe('What the order system signs its events with'),
})

export type Config = ReturnType<typeof loadConfig>

export function loadConfig(env: NodeJS.ProcessEnv) {
  const data = parseEnv(envSchema, env)
  return {
    instance: data.INSTANCE,
    http: { host: data.HOST, port: data.PORT },
    log: logOf(data),
    fleetPath: data.SANDBOX_FLEET,
    world: {
      webhookUrl: data.SANDBOX_WEBHOOK_URL,
      appSecret: data.WHATSAPP_APP_SECRET,
      verifyToken: data.WHATSAPP_VERIFY_TOKEN,
      accessToken: data.WHATSAPP_ACCESS_TOKEN,
      business: {
        wabaId: data.WHATSAPP_WABA_ID,
        phoneNumberId: data.WHATSAPP_PHONE_NUMBER_ID,
        displayPhoneNumber: '15550109999',
      },
      openrouterApiKey: data.OPENROUTER_API_KEY,
      ordersApiToken: data.ORDERS_API_TOKEN,
      orderEventsSecret: data.ORDER_EVENTS_SECRET,
      modelLatency: {
        latencyMs: data.SANDBOX_MODEL_LATENCY_MS,
        jitterMs: Math.round(data.SANDBOX_MODEL_LATENCY_MS / 4),
      },
    },
  }
}
