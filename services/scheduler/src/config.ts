import { logOf, parseEnv, retentionEnv, serviceEnv, tracingOf } from '@waybill/service-kit'
import { z } from 'zod'

export const envSchema = z.object({
  ...serviceEnv,
  ...retentionEnv,
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
  RETENTION_ARCHIVE_DAYS: z.coerce
    .number()
    .int()
    .min(8)
    .default(365)
    .describe('Days until a month of the archive is dropped, counted from its end'),
  RETENTION_MEDIA_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .default(90)
    .describe("Days that drivers' files stay in MEDIA_DIR; a bucket has a rule of its own"),
  MEDIA_DIR: z.string().min(1).optional().describe("Folder for drivers' files, when there is no S3"),
  RETENTION_INTERVAL_MS: z.coerce
    .number()
    .int()
    .min(1_000)
    .default(3_600_000)
    .describe('How often what is old moves to the archive, and leaves it'),
  AUDIT_SEAL_INTERVAL_MS: z.coerce
    .number()
    .int()
    .min(100)
    .default(60_000)
    .describe('How often what is new of the audit is added to its chain'),
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
    sweep: { intervalMs: data.SWEEP_INTERVAL_MS, graceMs: data.SWEEP_GRACE_MS },
    retention: {
      intervalMs: data.RETENTION_INTERVAL_MS,
      policy: { hotDays: data.RETENTION_HOT_DAYS, archiveDays: data.RETENTION_ARCHIVE_DAYS },
      media: { dir: data.MEDIA_DIR, days: data.RETENTION_MEDIA_DAYS },
    },
    checkIns: { intervalMs: data.CHECK_IN_INTERVAL_MS },
    audit: { sealIntervalMs: data.AUDIT_SEAL_INTERVAL_MS },
  }
}
