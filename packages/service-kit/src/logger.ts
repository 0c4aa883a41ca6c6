import { logFields, withoutNumbers } from '@waybill/tracing'
import { type Logger, pino } from 'pino'
import { logName } from './log-name.ts'

type Identity = { service: string; instance: string }
/** `hashKey`: of the names of conversations and messages; one that was not given is this process's own. */
export type LogConfig = { level: string; hashKey: string; isHashKeyGiven: boolean }

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
export function createLogger({ level, hashKey, isHashKeyGiven, ...identity }: Identity & LogConfig): Logger {
  const keys = [...PERSONAL, ...SECRET]
  const nameOf = (id: unknown) => logName(hashKey, String(id))
  const log = pino({
    level,
    base: identity,
    mixin: logFields,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: {
      err: serializeError,
      reason: withoutNumbers,
      conversationId: nameOf,
      wamid: nameOf,
    },
    redact: [...keys, ...keys.map((key) => `*.${key}`), ...keys.map((key) => `*.*.${key}`)],
  })
  if (!isHashKeyGiven)
    log.info(
      'LOG_HASH_KEY is not set: conversations and messages have other names in the logs of other processes',
    )
  return log
}

/**
 * Libraries hang requests, rows and headers on their errors: only what every error has is kept.
 */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { type, message, stack, code } = pino.stdSerializers.err(error)
  return { type, message: withoutNumbers(message), stack: withoutNumbers(stack), code }
}
