import { logOf, parseEnv, serviceEnv, tracingOf } from '@waybill/service-kit'
import { z } from 'zod'

export const envSchema = z.object({
  ...serviceEnv,
  AMQP_URL: z.url({ protocol: /^amqps?$/ }).describe('RabbitMQ, with user and vhost'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).describe('PostgreSQL'),
  WHATSAPP_API_URL: z
    .url({ protocol: /^https?$/ })
    .describe('Graph API with its version, https://graph.facebook.com/v24.0'),
  WHATSAPP_ACCESS_TOKEN: z.string().min(1).describe('System user token with whatsapp_business_messaging'),
  WHATSAPP_PHONE_NUMBER_ID: z.string().regex(/^\d+$/, 'must be digits').describe('The number to send from'),
  WHATSAPP_WABA_ID: z
    .string()
    .regex(/^\d+$/, 'must be digits')
    .describe('The business account: which templates it has'),
  WHATSAPP_MESSAGES_PER_SECOND: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(80)
    .describe('What the number may send: 80, or 1000 after the upgrade, 20 for coexistence'),
  SETTLE_MS: z.coerce
    .number()
    .int()
    .min(1_000)
    .default(10_000)
    .describe('How long an ambiguous attempt waits for its receipt before it is tried once more'),
})

export type Config = ReturnType<typeof loadConfig>

export function loadConfig(env: NodeJS.ProcessEnv) {
  const data = parseEnv(envSchema, env)
  return {
    instance: data.INSTANCE,
    http: { host: data.HOST, port: data.PORT },
    log: logOf(data),
    tracing: tracingOf(data),
    amqp: { url: data.AMQP_URL },
    database: { url: data.DATABASE_URL },
    whatsapp: {
      baseUrl: data.WHATSAPP_API_URL,
      accessToken: data.WHATSAPP_ACCESS_TOKEN,
      phoneNumberId: data.WHATSAPP_PHONE_NUMBER_ID,
      wabaId: data.WHATSAPP_WABA_ID,
    },
    pacing: pacingFor(data.WHATSAPP_MESSAGES_PER_SECOND, data.SETTLE_MS),
  }
}

/**
 * One message per 6 s to a person, 45 at once borrowed from the future; the number's rate is for all senders
 * together. https://developers.facebook.com/documentation/business-messaging/whatsapp/throughput
 */
function pacingFor(messagesPerSecond: number, settleMs: number) {
  return {
    // The rest is the burst of four that the rate allows on top: no second sees more than the limit.
    numberPerSecond: messagesPerSecond * 0.95,
    pairIntervalMs: 6_000,
    pairBurst: 45,
    waitMsMax: 2_000,
    settleMs,
    attemptsMax: 2,
  }
}
