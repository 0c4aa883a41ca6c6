import { webhookHeadersSchema } from '@waybill/contracts'
import type { EventRow, MessageRow, ReceiptRow } from '@waybill/database'
import type { Origin } from '@waybill/tracing'
import { canonicalPhone, splitWebhook, type WebhookElement } from '@waybill/whatsapp'

export type Delivered = Origin & { body: Uint8Array; headers: Record<string, unknown> }

/** What one webhook element becomes. `malformed` elements go to the dead letters with their reason, `old` ones nowhere. */
export type Recorded =
  | { kind: 'message'; row: MessageRow }
  | { kind: 'receipt'; row: ReceiptRow }
  | { kind: 'event'; row: EventRow }
  | { kind: 'malformed'; reason: string }
  | { kind: 'old'; sentAt: string }

type Place = Origin & { receivedUs: number; ingressId: string; position: number }

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Reads a webhook into rows. Never throws: what can't be read comes back as `malformed`. */
export function readWebhook(delivered: Delivered, phoneNumberId: string): Recorded[] {
  const headers = webhookHeadersSchema.safeParse(delivered.headers)
  const { receivedAtUs, ingressId } = headers.data ?? {
    receivedAtUs: Date.now() * 1_000,
    ingressId: 'unknown',
  }
  let body: unknown
  try {
    body = JSON.parse(Buffer.from(delivered.body).toString('utf8'))
  } catch {
    return [{ kind: 'malformed', reason: 'not JSON' }]
  }
  const { traceparent, correlationId } = delivered
  const place = { receivedUs: receivedAtUs, ingressId, traceparent, correlationId }
  return splitWebhook(body).map((element, position) =>
    readElement(element, phoneNumberId, { ...place, position }),
  )
}

function readElement(element: WebhookElement, ours: string, place: Place): Recorded {
  if (element.kind === 'malformed') return element
  // Somebody else's number (another app on the same WhatsApp account): on record, without effect.
  if (element.phoneNumberId !== undefined && element.phoneNumberId !== ours) {
    return eventOf(element.kind, 'foreign number', contentOf(element), place)
  }
  if (element.kind === 'event') return eventOf(element.field, 'account', element.value, place)
  return element.kind === 'status' ? receiptOf(element.status, place) : messageOf(element, place)
}

function messageOf(element: WebhookElement & { kind: 'message' }, place: Place): Recorded {
  const { message, contact, phoneNumberId } = element
  const waId = message.from ?? contact?.wa_id
  const userId = message.from_user_id ?? contact?.user_id
  if (!waId && !userId) return { kind: 'malformed', reason: 'message without a sender' }
  const row: MessageRow = {
    wamid: message.id,
    phone_number_id: phoneNumberId,
    phone: waId ? canonicalPhone(waId) : undefined,
    wa_id: waId,
    user_id: userId,
    kind: message.type,
    body: message,
    sent_at: instantOf(message.timestamp, place.receivedUs),
    received_us: place.receivedUs,
    position: place.position,
    traceparent: place.traceparent,
    correlation_id: place.correlationId,
  }
  return { kind: 'message', row }
}

function receiptOf(status: (WebhookElement & { kind: 'status' })['status'], place: Place): Recorded {
  const callbackData = status.biz_opaque_callback_data
  const row: ReceiptRow = {
    wamid: status.id,
    status: status.status,
    outbound_id: callbackData !== undefined && UUID.test(callbackData) ? callbackData : undefined,
    at: instantOf(status.timestamp, place.receivedUs),
    errors: status.errors,
  }
  return { kind: 'receipt', row }
}

function eventOf(field: string, reason: EventRow['reason'], value: unknown, place: Place): Recorded {
  const { receivedUs, ingressId, position } = place
  return {
    kind: 'event',
    row: { received_us: receivedUs, ingress_id: ingressId, position, field, reason, value },
  }
}

function contentOf(element: Exclude<WebhookElement, { kind: 'malformed' }>): unknown {
  if (element.kind === 'message') return element.message
  return element.kind === 'status' ? element.status : element.value
}

/** WhatsApp's timestamps are strings of whole seconds; one that is none counts as just received. */
function instantOf(timestamp: string, receivedUs: number): string {
  const seconds = /^\d{1,11}$/.test(timestamp) ? Number(timestamp) : Math.floor(receivedUs / 1_000_000)
  return new Date(seconds * 1_000).toISOString()
}
