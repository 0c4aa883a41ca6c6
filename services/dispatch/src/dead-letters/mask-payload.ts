export type ReadableJson = null | boolean | number | string | ReadableJson[] | { [key: string]: ReadableJson }

/** `nameOf`: what the logs call an id. */
type Options = { isRevealed: boolean; nameOf: (id: string) => string }

const DEPTH_MAX = 40
const LENGTH_MAX = { masked: 50, revealed: 1_000 }
const TEXT_LENGTH_MAX = 16_384

// What says what a message is. Everything else is somebody's: names, texts, numbers, places, files.
const TELLING = new Set([
  ...['type', 'kind', 'object', 'field', 'status', 'state', 'event', 'messaging_product', 'mime_type'],
  ...['priority', 'attempts', 'code', 'level', 'position', 'date'],
  ...['noticeId', 'driverId', 'driver_id', 'orderId', 'order_id'],
])
const TIMES = new Set(['timestamp', 'occurred_at'])
const IDS = new Set([
  ...['id', 'wamid', 'message_id', 'conversationId', 'phone_number_id', 'biz_opaque_callback_data'],
  ...['from', 'wa_id', 'recipient_id', 'user_id', 'from_user_id'],
])
const HARMLESS = /^[\w.:/+-]{1,60}$/
const LONG_NUMBER = /\d{7,}/
const TIME = /^(1[5-9]\d{8}|\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d))$/
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * A body for an operator to read: its structure, its kinds and times, ids by the names that logs have for them, and of all
 * the rest only that it is there. Revealed it is what came. Cut where it is very long or deep.
 */
export function readablePayload(body: Buffer, options: Options): ReadableJson {
  const text = body.toString('utf8')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return options.isRevealed ? cut(text) : `‹${body.length} bytes that are not JSON›`
  }
  return readable(json, { key: '', depth: 0, ...options })
}

/** An error quotes what it is about: quotations, addresses, message ids and long numbers are cut out. */
export function maskText(text: string): string {
  return text
    .replaceAll(/"(?:[^"\\]|\\.)*"|‘[^’]*’|“[^”]*”/g, '"…"')
    .replaceAll(/\S+@\S+|wamid\.\S+|\+?\d[\d ()-]{5,}\d/g, '…')
}

function readable(
  value: unknown,
  { key, depth, ...options }: Options & { key: string; depth: number },
): ReadableJson {
  const { isRevealed } = options
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'string' || typeof value === 'number') {
    if (!isRevealed) return masked(value, key, options)
    return typeof value === 'string' ? cut(value) : value
  }
  if (depth >= DEPTH_MAX) return '‹nested deeper›'
  const lengthMax = LENGTH_MAX[isRevealed ? 'revealed' : 'masked']
  if (Array.isArray(value)) {
    const shown = value.slice(0, lengthMax).map((it) => readable(it, { key, depth: depth + 1, ...options }))
    return value.length > lengthMax ? [...shown, `‹${value.length - lengthMax} more›`] : shown
  }
  const entries = Object.entries(value ?? {})
  const shown = entries.slice(0, lengthMax).map(([name, content], index): [string, ReadableJson] => {
    const label = isRevealed || isHarmless(name) ? name : `‹name ${index + 1}›`
    return [label, readable(content, { key: name, depth: depth + 1, ...options })]
  })
  if (entries.length > lengthMax) shown.push(['‹more›', entries.length - lengthMax])
  return Object.fromEntries(shown)
}

function masked(value: string | number, key: string, { nameOf }: Options): string | number {
  const text = String(value)
  if (TELLING.has(key) && (isHarmless(text) || UUID.test(text))) return value
  if (TIMES.has(key) && TIME.test(text)) return value
  if (IDS.has(key)) return `‹id ${nameOf(text)}›`
  return typeof value === 'number' ? '‹number›' : `‹${text.length} characters›`
}

const isHarmless = (text: string) => HARMLESS.test(text) && !LONG_NUMBER.test(text)

const cut = (text: string) =>
  text.length > TEXT_LENGTH_MAX
    ? `${text.slice(0, TEXT_LENGTH_MAX)} ‹${text.length - TEXT_LENGTH_MAX} more characters›`
    : text
