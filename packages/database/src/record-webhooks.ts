import type { Origin } from '@waybill/tracing'
import type { Pool } from './pool.ts'
import { storableJson } from './storable-json.ts'

export type MessageRow = {
  wamid: string
  phone_number_id: string
  /** Canonical, or absent for a person who is known by user id only. */
  phone: string | undefined
  wa_id: string | undefined
  user_id: string | undefined
  kind: string
  body: unknown
  /** ISO 8601. */
  sent_at: string
  received_us: number
  position: number
  traceparent?: Origin['traceparent']
  correlation_id?: Origin['correlationId']
}
export type ReceiptRow = {
  wamid: string
  status: string
  outbound_id: string | undefined
  at: string
  errors: unknown
}
export type EventRow = {
  received_us: number
  ingress_id: string
  position: number
  field: string
  reason: 'account' | 'foreign number'
  value: unknown
}
export type WebhookRows = { messages: MessageRow[]; receipts: ReceiptRow[]; events: EventRow[] }

/** A lane to wake, on behalf of what, or a reply that a driver has twice. */
export type Consequence = Origin & {
  kind: 'inbound' | 'outbound' | 'visible-duplicate'
  conversationId: string
}

/** On record: what came was too old to have an effect. `sentAt` as WhatsApp says, one or more. */
export async function auditTooOld(pool: Pool, sentAt: readonly string[]): Promise<void> {
  await pool.query({
    name: 'audit-too-old',
    text: `INSERT INTO audit (action, detail) VALUES ('webhook.too-old', $1)`,
    values: [{ elements: sentAt.length, oldest: [...sentAt].sort()[0] }],
  })
}

/** Records a batch in one transaction and says what follows; a message that was there already changes nothing and is woken again. */
export async function recordWebhooks(pool: Pool, rows: WebhookRows): Promise<Consequence[]> {
  const result = await pool.query<Consequence>({
    name: 'record-webhooks',
    text: `SELECT kind, conversation_id AS "conversationId", traceparent, correlation_id AS "correlationId"
      FROM record_webhooks($1, $2, $3)`,
    values: [storableJson(rows.messages), storableJson(rows.receipts), storableJson(rows.events)],
  })
  return result.rows
}
