import { type Logger, pino } from 'pino'

type Identity = { service: string; instance: string }

// Message texts, phone numbers and secrets have no business in a log. What is logged by mistake is cut out here.
const PERSONAL = ['from', 'to', 'phone', 'wa_id', 'waId', 'text', 'body', 'caption', 'email']
const SECRET = ['authorization', 'Authorization', 'token', 'accessToken', 'apiKey', 'password', 'secret', 'appSecret']

/** JSON lines on stdout. */
export function createLogger({ level, ...identity }: Identity & { level: string }): Logger {
  const keys = [...PERSONAL, ...SECRET]
  return pino({
    level,
    base: identity,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: [...keys, ...keys.map((key) => `*.${key}`), ...keys.map((key) => `*.*.${key}`)],
  })
}
