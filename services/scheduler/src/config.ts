import { parseEnv, serviceEnv, tracingOf } from '@waybill/service-kit'
import { z } from 'zod'

export const envSchema = z.object({
  ...serviceEnv,
  AMQP_URL: z.url({ protocol: /^amqps?$/ }).describe('RabbitMQ, with user and vhost'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).describe('PostgreSQL'),
  SWEEP_INTERVAL_MS: z.coerce
    .number()
    .int()
    .min(100)
    .default(1_000)
    .describe('How often to look for work that nobody is on'),
  SWEEP_GRACE_MS: z.coerce
    .number()
    .int()
    .min(0)
    .default(3_000)
    .describe('How old work must be before it counts as left lying'),
  CHECK_IN_INTERVAL_MS: z.coerce
    .number()
    .int()
    .min(100)
    .default(2_000)
    .describe('How often to look for drivers whose check-in is due'),
})

export type Config = ReturnType<typeof loadConfig>

export function loadConfig(env: NodeJS.ProcessEnv) {
  const data = parseEnv(envSchema, env)
  return {
    instance: data.INSTANCE,
    http: { host: data.HOST, port: data.PORT },
    log: { level: data.LOG_LEVEL },
    tracing: tracingOf(data),
    amqp: { url: data.AMQP_URL },
    database: { url: data.DATABASE_URL },
    sweep: { intervalMs: data.SWEEP_INTERVAL_MS, graceMs: data.SWEEP_GRACE_MS },
    checkIns: { intervalMs: data.CHECK_IN_INTERVAL_MS },
  }
}
