export const SERVICES = [
  'sandbox',
  'ingress',
  'intake',
  'assistant',
  'guardrails',
  'sender',
  'scheduler',
  'dispatch',
] as const
export type ServiceName = (typeof SERVICES)[number]

export type Scale = Readonly<Record<ServiceName, number>>

export const DEFAULT_SCALE: Scale = {
  sandbox: 1,
  ingress: 2,
  intake: 2,
  assistant: 3,
  guardrails: 2,
  sender: 2,
  scheduler: 1,
  dispatch: 1,
}

/** What every service reads besides HOST, PORT and INSTANCE. */
export const COMMON = [
  'PROFILE',
  'PLAINTEXT_HOSTS',
  'LOG_LEVEL',
  'LOG_HASH_KEY',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_TRACES_SAMPLER',
  'OTEL_TRACES_SAMPLER_ARG',
] as const

/** The variables that a service is given on top: no more than it reads. */
export const READS: Readonly<Record<Exclude<ServiceName, 'sandbox'>, readonly string[]>> = {
  ingress: [
    'AMQP_URL',
    'WHATSAPP_APP_SECRET',
    'WHATSAPP_APP_SECRET_PREVIOUS',
    'WHATSAPP_VERIFY_TOKEN',
    'ORDER_EVENTS_SECRET',
    'ORDER_EVENTS_SECRET_PREVIOUS',
  ],
  intake: ['AMQP_URL', 'DATABASE_URL', 'WHATSAPP_PHONE_NUMBER_ID', 'RETENTION_HOT_DAYS'],
  assistant: [
    'AMQP_URL',
    'DATABASE_URL',
    'REDIS_URL',
    'GUARDRAILS_URLS',
    'GUARDRAILS_TOKEN',
    'OPENROUTER_BASE_URL',
    'OPENROUTER_API_KEY',
    'OPENROUTER_MODEL',
    'OPENROUTER_FALLBACK_MODELS',
    'OPENROUTER_PROVIDERS',
    'OPENROUTER_DATA_COLLECTION',
    'ORDERS_API_URL',
    'ORDERS_API_TOKEN',
    'ORDERS_MAP_HOSTS',
    'WHATSAPP_PHONE_NUMBER_ID',
    'WHATSAPP_API_URL',
    'WHATSAPP_ACCESS_TOKEN',
    'WHATSAPP_MEDIA_HOSTS',
    'TRANSCRIPTION_MODEL',
    'QUIET_FROM',
    'QUIET_UNTIL',
    'ORDER_EVENTS_MERGE_MS',
    'CHECK_IN_AGAIN_MS',
    'MEDIA_DIR',
    'MEDIA_S3_ENDPOINT',
    'MEDIA_S3_REGION',
    'MEDIA_S3_ACCESS_KEY_ID',
    'MEDIA_S3_SECRET_ACCESS_KEY',
  ],
  guardrails: [
    'GUARDRAILS_POLICY_DIR',
    'GUARDRAILS_TOKEN',
    'OPENROUTER_BASE_URL',
    'OPENROUTER_PROVIDERS',
    'OPENROUTER_DATA_COLLECTION',
    'JUDGE_API_KEY',
    'JUDGE_TIMEOUT_MS',
  ],
  sender: [
    'AMQP_URL',
    'DATABASE_URL',
    'WHATSAPP_API_URL',
    'WHATSAPP_ACCESS_TOKEN',
    'WHATSAPP_PHONE_NUMBER_ID',
    'WHATSAPP_WABA_ID',
    'WHATSAPP_MESSAGES_PER_SECOND',
  ],
  scheduler: [
    'AMQP_URL',
    'DATABASE_URL',
    'RETENTION_HOT_DAYS',
    'RETENTION_ARCHIVE_DAYS',
    'RETENTION_MEDIA_DAYS',
    'MEDIA_DIR',
  ],
  dispatch: [
    'AMQP_URL',
    'DATABASE_URL',
    'DISPATCH_WEBHOOK_URL',
    'DISPATCH_WEBHOOK_TOKEN',
    'SMTP_URL',
    'DISPATCH_EMAIL_TO',
    'DISPATCH_EMAIL_FROM',
    'DISPATCH_ADMIN_TOKEN',
    'DISPATCH_OIDC_ISSUER',
    'DISPATCH_OIDC_AUDIENCE',
    'DISPATCH_OIDC_JWKS_URL',
    'DISPATCH_OIDC_ROLES_CLAIM',
  ],
}

type Variables = Readonly<Record<string, string>>

/** The part of the stack's variables that a service reads. */
export function serviceVariables(service: Exclude<ServiceName, 'sandbox'>, all: Variables): Variables {
  const read: readonly string[] = [...COMMON, ...READS[service]]
  return Object.fromEntries(Object.entries(all).filter(([name]) => read.includes(name)))
}
