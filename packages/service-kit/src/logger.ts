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
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: serializeError },
    redact: [...keys, ...keys.map((key) => `*.${key}`), ...keys.map((key) => `*.*.${key}`)],
  })
}

/**
 * Libraries hang requests, rows and headers on their errors: only what every error has is kept. PostgreSQL quotes
 * values in its messages, so that digits as long as a phone number are cut out.
 */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { type, message, stack, code } = pino.stdSerializers.err(error)
  return { type, message: withoutNumbers(message), stack: withoutNumbers(stack), code }
}

function withoutNumbers(text: string): string {
  return text.replace(/\d{8,}/g, '…')
}
