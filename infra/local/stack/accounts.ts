import { randomBytes } from 'node:crypto'

type Variables = Readonly<Record<string, string>>

export type Upstream = 'whatsapp' | 'openrouter' | 'orders' | 'dispatch' | 'files'

type Account = { required: readonly string[]; optional: readonly string[]; defaults: Variables }

const ACCOUNTS: Readonly<Record<Upstream, Account>> = {
  whatsapp: {
    required: [
      'WHATSAPP_ACCESS_TOKEN',
      'WHATSAPP_PHONE_NUMBER_ID',
      'WHATSAPP_WABA_ID',
      'WHATSAPP_APP_SECRET',
      'WHATSAPP_VERIFY_TOKEN',
    ],
    optional: [
      'WHATSAPP_API_URL',
      'WHATSAPP_APP_SECRET_PREVIOUS',
      'WHATSAPP_MESSAGES_PER_SECOND',
      'WHATSAPP_MEDIA_HOSTS',
    ],
    defaults: {
      WHATSAPP_API_URL: 'https://graph.facebook.com/v24.0',
      WHATSAPP_MEDIA_HOSTS: 'lookaside.fbsbx.com',
    },
  },
  openrouter: {
    required: ['OPENROUTER_API_KEY'],
    optional: [
      'OPENROUTER_BASE_URL',
      'OPENROUTER_MODEL',
      'OPENROUTER_FALLBACK_MODELS',
      'OPENROUTER_PROVIDERS',
      'OPENROUTER_DATA_COLLECTION',
      'TRANSCRIPTION_MODEL',
    ],
    defaults: { OPENROUTER_BASE_URL: 'https://openrouter.ai/api/v1' },
  },
  orders: {
    required: ['ORDERS_API_URL', 'ORDERS_API_TOKEN'],
    optional: ['ORDERS_MAP_HOSTS', 'ORDER_EVENTS_SECRET', 'ORDER_EVENTS_SECRET_PREVIOUS'],
    defaults: {},
  },
  dispatch: {
    required: ['DISPATCH_WEBHOOK_URL'],
    optional: [
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
    defaults: {},
  },
  files: {
    required: ['MEDIA_S3_ENDPOINT', 'MEDIA_S3_ACCESS_KEY_ID', 'MEDIA_S3_SECRET_ACCESS_KEY'],
    optional: ['MEDIA_S3_REGION'],
    defaults: {},
  },
}

/** How it behaves, whoever the upstreams are. The first two are for docker compose. */
const SETTINGS = [
  'PROFILE',
  'PLAINTEXT_HOSTS',
  'QUIET_FROM',
  'QUIET_UNTIL',
  'ORDER_EVENTS_MERGE_MS',
  'CHECK_IN_AGAIN_MS',
  'GUARDRAILS_POLICY_DIR',
  'GUARDRAILS_TOKEN',
  'JUDGE_API_KEY',
  'JUDGE_TIMEOUT_MS',
  'LOG_HASH_KEY',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_TRACES_SAMPLER',
  'OTEL_TRACES_SAMPLER_ARG',
]

export const UPSTREAMS: readonly Upstream[] = ['whatsapp', 'openrouter', 'orders', 'dispatch', 'files']

export type RealAccounts = { upstreams: readonly Upstream[]; variables: Variables }

/**
 * The real accounts that a `.env` names. An upstream is real when one of its variables has a value, and then
 * needs all that are required; the others stay with the sandbox. Throws with every problem at once.
 */
export function realAccounts(env: NodeJS.Dict<string>): RealAccounts {
  const given = Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value ? [[name, value]] : [])),
  )
  const upstreams = UPSTREAMS.filter((it) => variablesOf(it).some((name) => name in given))
  const missing = upstreams.flatMap((it) => ACCOUNTS[it].required.filter((name) => !(name in given)))
  const known = [...UPSTREAMS.flatMap(variablesOf), ...SETTINGS]
  const unknown = Object.keys(given).filter((name) => !known.includes(name))

  const problems = [
    ...missing.map(
      (name) => `${name} is missing: its upstream is real as soon as one of its variables is set`,
    ),
    ...unknown.map((name) => `${name} is not known: .env.example lists what there is`),
  ]
  if (problems.length > 0)
    throw new Error(`.env is not usable:\n${problems.map((it) => `  ${it}`).join('\n')}`)
  return { upstreams, variables: Object.assign({}, ...upstreams.map((it) => ACCOUNTS[it].defaults), given) }
}

/** What the sandbox plays, with secrets of its own. */
export function sandboxAccounts(sandboxUrl: string) {
  return {
    WHATSAPP_API_URL: `${sandboxUrl}/v24.0`,
    WHATSAPP_ACCESS_TOKEN: secret(),
    WHATSAPP_MEDIA_HOSTS: sandboxUrl,
    // The same at every start: conversations are kept, and they belong to a number.
    WHATSAPP_PHONE_NUMBER_ID: '106540352242922',
    WHATSAPP_WABA_ID: '102290129340398',
    WHATSAPP_APP_SECRET: secret(),
    WHATSAPP_VERIFY_TOKEN: secret(),
    OPENROUTER_BASE_URL: `${sandboxUrl}/openrouter/api/v1`,
    OPENROUTER_API_KEY: secret(),
    ORDERS_API_URL: `${sandboxUrl}/orders`,
    ORDERS_API_TOKEN: secret(),
    ORDER_EVENTS_SECRET: secret(),
    DISPATCH_WEBHOOK_URL: `${sandboxUrl}/dispatch/webhook`,
    DISPATCH_ADMIN_TOKEN: secret(),
  }
}

function variablesOf(upstream: Upstream): readonly string[] {
  return [...ACCOUNTS[upstream].required, ...ACCOUNTS[upstream].optional]
}

const secret = () => randomBytes(16).toString('hex')
