import { createHash } from 'node:crypto'

// What says of what kind something is, and what has no person in it.
const PLAIN_KEYS = new Set([
  ...[
    'type',
    'kind',
    'status',
    'field',
    'object',
    'messaging_product',
    'reason',
    'attempts',
    'priority',
    'date',
  ],
  ...['order_id', 'driver_id', 'driverId', 'noticeId', 'mime_type', 'code'],
])
const TIME_KEYS = new Set(['timestamp', 'occurred_at', 'date'])
// Ids with a phone number in them: shown as in the logs, so that both can be compared.
const ID_KEYS = new Set(['id', 'wamid', 'conversationId', 'message_id', 'biz_opaque_callback_data'])
const TEXT_SHOWN_MAX = 40

/** What a payload looks like, without the words, names, numbers and places of a person. */
export function maskPayload(body: Buffer): unknown {
  const json = jsonOf(body)
  return json === undefined ? `${body.length} bytes that are no JSON` : masked(json.value, '')
}

/** As it is, for whoever has to know; what is no JSON, in base64. */
export function revealPayload(body: Buffer): unknown {
  const json = jsonOf(body)
  return json === undefined ? { base64: body.toString('base64') } : json.value
}

/** Digits as long as a phone number, which PostgreSQL and others quote in their errors. */
export const maskError = (text: string): string => text.replaceAll(/\d{8,}/g, '…')

function jsonOf(body: Buffer): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(body.toString('utf8')) }
  } catch {
    return undefined
  }
}

function masked(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => masked(item, key))
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, content]) => [name, masked(content, name)]))
  }
  if (typeof value !== 'string' && typeof value !== 'number') return value
  if (ID_KEYS.has(key)) return `#${createHash('sha256').update(String(value)).digest('hex').slice(0, 8)}`
  if (TIME_KEYS.has(key)) return String(value).slice(0, TEXT_SHOWN_MAX)
  if (PLAIN_KEYS.has(key))
    return typeof value === 'string' ? maskError(value).slice(0, TEXT_SHOWN_MAX) : value
  return typeof value === 'string' ? `… ${value.length} characters` : '…'
}
