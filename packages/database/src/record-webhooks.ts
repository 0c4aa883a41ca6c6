import type { Pool } from './pool.ts'

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

export type LaneToWake = { lane: 'inbound' | 'outbound'; conversationId: string }

/** Records a batch in one transaction and says whom to wake; duplicates change nothing and are woken again. */
export async function recordWebhooks(pool: Pool, rows: WebhookRows): Promise<LaneToWake[]> {
  const result = await pool.query<LaneToWake>({
    name: 'record-webhooks',
    text: 'SELECT DISTINCT lane, conversation_id AS "conversationId" FROM record_webhooks($1, $2, $3)',
    values: [JSON.stringify(rows.messages), JSON.stringify(rows.receipts), JSON.stringify(rows.events)],
  })
  return result.rows
}
