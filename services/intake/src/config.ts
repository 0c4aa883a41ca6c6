import { logOf, parseEnv, retentionEnv, serviceEnv, tracingOf } from '@waybill/service-kit'
import { z } from 'zod'

export const envSchema = z.object({
  ...serviceEnv,
  ...retentionEnv,
  AMQP_URL: z.url({ protocol: /^amqps?$/ }).describe('RabbitMQ, with user and vhost'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).describe('PostgreSQL'),
  WHATSAPP_PHONE_NUMBER_ID: z
    .string()
    .regex(/^\d+$/, 'must be digits')
    .describe('The number that this system answers for; webhooks for another one are set aside'),
  INTAKE_BATCH_WEBHOOKS: z.coerce
    .number()
    .int()
    .min(1)
    .max(400)
    .default(200)
    .describe('Webhooks recorded in one transaction at most'),
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
    whatsapp: { phoneNumberId: data.WHATSAPP_PHONE_NUMBER_ID },
    retention: { hotDays: data.RETENTION_HOT_DAYS },
    batch: { webhooksMax: data.INTAKE_BATCH_WEBHOOKS },
  }
}
