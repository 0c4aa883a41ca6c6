import { createHash } from 'node:crypto'
import { logFields, withoutNumbers } from '@waybill/tracing'
import { type Logger, pino } from 'pino'

type Identity = { service: string; instance: string }

// Message texts, phone numbers and secrets have no business in a log. What is logged by mistake is cut out here.
const PERSONAL = [
  ...[
    'from',
    'to',
    'phone',
    'wa_id',
    'waId',
    'user_id',
    'userId',
    'from_user_id',
    'recipient',
    'recipient_id',
  ],
  ...['text', 'body', 'caption', 'words', 'profile', 'email'],
]
const SECRET = [
  ...['authorization', 'Authorization', 'cookie', 'token', 'accessToken', 'access_token', 'verifyToken'],
  ...['apiKey', 'api_key', 'password', 'secret', 'appSecret'],
]

/** JSON lines on stdout. */
export function createLogger({ level, ...identity }: Identity & { level: string }): Logger {
  const keys = [...PERSONAL, ...SECRET]
  return pino({
    level,
    base: identity,
    mixin: logFields,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: {
      err: serializeError,
      reason: withoutNumbers,
      conversationId: fingerprint,
      wamid: fingerprint,
    },
    redact: [...keys, ...keys.map((key) => `*.${key}`), ...keys.map((key) => `*.*.${key}`)],
  })
}

/**
 * Ids that have a phone number in them, a wamid in base64. Too short to be turned back, long enough to be found:
 * `WHERE left(encode(sha256(id::bytea), 'hex'), 8) = …`.
 */
function fingerprint(id: unknown): string {
  return createHash('sha256').update(String(id)).digest('hex').slice(0, 8)
}

/**
 * Libraries hang requests, rows and headers on their errors: only what every error has is kept.
 */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { type, message, stack, code } = pino.stdSerializers.err(error)
  return { type, message: withoutNumbers(message), stack: withoutNumbers(stack), code }
}
