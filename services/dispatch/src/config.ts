import { logOf, parseEnv, serviceEnv, tracingOf } from '@waybill/service-kit'
import { z } from 'zod'

export const envSchema = z
  .object({
    ...serviceEnv,
    AMQP_URL: z.url({ protocol: /^amqps?$/ }).describe('RabbitMQ, with user and vhost'),
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).describe('PostgreSQL'),
    DISPATCH_WEBHOOK_URL: z.url({ protocol: /^https?$/ }).describe('Where notices are posted to'),
    DISPATCH_WEBHOOK_TOKEN: z.string().min(1).optional().describe('Bearer token for DISPATCH_WEBHOOK_URL'),
    SMTP_URL: z
      .url({ protocol: /^smtps?$/ })
      .optional()
      .describe(
        'Mail server, smtps://user:password@host or smtp://user:password@host:587?requireTLS=true; none: no e-mail',
      ),
    DISPATCH_EMAIL_TO: z.string().min(3).optional().describe('Who gets notices by e-mail, by comma'),
    DISPATCH_EMAIL_FROM: z.string().min(3).optional().describe('Whom notices by e-mail come from'),
    DISPATCH_ADMIN_TOKEN: z
      .string()
      .min(32, 'must have 32 characters or more')
      .optional()
      .describe('Bearer token for /admin; without it there is no /admin'),
    DISPATCH_TIMEOUT_MS: z.coerce
      .number()
      .int()
      .min(100)
      .default(5_000)
      .describe('How long the webhook or the mail server may take'),
    DISPATCH_ATTEMPTS_MAX: z.coerce
      .number()
      .int()
      .min(1)
      .default(16)
      .describe('A notice that fails this often is set aside; sixteen attempts take about an hour'),
  })
  .superRefine((env, context) => {
    if (env.SMTP_URL === undefined) return
    for (const name of ['DISPATCH_EMAIL_TO', 'DISPATCH_EMAIL_FROM'] as const) {
      if (env[name] === undefined) {
        context.addIssue({ code: 'custom', path: [name], message: 'is required with SMTP_URL' })
      }
    }
  })

export type Config = ReturnType<typeof loadConfig>
export type EmailConfig = { smtpUrl: string; to: string; from: string }

export function loadConfig(env: NodeJS.ProcessEnv) {
  const data = parseEnv(envSchema, env)
  const { SMTP_URL: smtpUrl, DISPATCH_EMAIL_TO: to, DISPATCH_EMAIL_FROM: from } = data
  const email: EmailConfig | undefined = smtpUrl && to && from ? { smtpUrl, to, from } : undefined
  return {
    instance: data.INSTANCE,
    http: { host: data.HOST, port: data.PORT },
    log: logOf(data),
    tracing: tracingOf(data),
    amqp: { url: data.AMQP_URL },
    database: { url: data.DATABASE_URL },
    webhook: { url: data.DISPATCH_WEBHOOK_URL, token: data.DISPATCH_WEBHOOK_TOKEN },
    email,
    adminToken: data.DISPATCH_ADMIN_TOKEN,
    timeoutMs: data.DISPATCH_TIMEOUT_MS,
    attemptsMax: data.DISPATCH_ATTEMPTS_MAX,
  }
}
