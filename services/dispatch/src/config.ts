import { logOf, parseEnv, serviceEnv, tracingOf } from '@waybill/service-kit'
import { z } from 'zod'
import type { IdentityConfig } from './admin/identity-provider.ts'

/** Who has the first needs the second. */
const TOGETHER = [
  ['SMTP_URL', 'DISPATCH_EMAIL_TO'],
  ['SMTP_URL', 'DISPATCH_EMAIL_FROM'],
  ['DISPATCH_OIDC_ISSUER', 'DISPATCH_OIDC_AUDIENCE'],
  ['DISPATCH_OIDC_ISSUER', 'DISPATCH_OIDC_JWKS_URL'],
] as const

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
      .describe(
        'Bearer token for /admin, with every right; without it and DISPATCH_OIDC_ISSUER there is no /admin',
      ),
    DISPATCH_OIDC_ISSUER: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('Who signs the tokens (JWT) of people who may use /admin: their `iss`'),
    DISPATCH_OIDC_AUDIENCE: z.string().min(1).optional().describe('Whom these tokens are for: their `aud`'),
    DISPATCH_OIDC_JWKS_URL: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('Where the issuer has its keys: `jwks_uri` of its /.well-known/openid-configuration'),
    DISPATCH_OIDC_ROLES_CLAIM: z
      .string()
      .min(1)
      .default('roles')
      .describe('The claim that has viewer, operator or admin, as a word or in a list'),
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
    for (const [name, other] of TOGETHER) {
      if (env[name] !== undefined && env[other] === undefined)
        context.addIssue({ code: 'custom', path: [other], message: `is required with ${name}` })
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
    admin: { token: data.DISPATCH_ADMIN_TOKEN, identity: identityOf(data) },
    timeoutMs: data.DISPATCH_TIMEOUT_MS,
    attemptsMax: data.DISPATCH_ATTEMPTS_MAX,
  }
}

function identityOf(env: z.output<typeof envSchema>): IdentityConfig | undefined {
  const { DISPATCH_OIDC_ISSUER: issuer, DISPATCH_OIDC_AUDIENCE: audience } = env
  const { DISPATCH_OIDC_JWKS_URL: jwksUrl, DISPATCH_OIDC_ROLES_CLAIM: rolesClaim } = env
  return issuer && audience && jwksUrl ? { issuer, audience, jwksUrl, rolesClaim } : undefined
}
