import type { ChatMessage } from './chats.ts'
import type { Person } from './people.ts'

export type BusinessNumber = { wabaId: string; phoneNumberId: string; displayPhoneNumber: string }

/**
 * The bytes of a webhook, with `/` and everything outside ASCII escaped, as Meta sends them: whoever parses
 * and serialises before checking the signature fails here too.
 */
export function webhookBytes(business: BusinessNumber, value: Record<string, unknown>): Buffer {
  const { displayPhoneNumber, phoneNumberId } = business
  const metadata = { display_phone_number: displayPhoneNumber, phone_number_id: phoneNumberId }
  return bytesOf(business, 'messages', { messaging_product: 'whatsapp', metadata, ...value })
}

/** What WhatsApp says of the account itself, which is of no number. */
export function accountWebhookBytes(
  business: BusinessNumber,
  field: string,
  value: Record<string, unknown>,
): Buffer {
  return bytesOf(business, field, value)
}

function bytesOf({ wabaId }: BusinessNumber, field: string, value: Record<string, unknown>): Buffer {
  const body = {
    object: 'whatsapp_business_account',
    entry: [{ id: wabaId, changes: [{ value, field }] }],
  }
  const escaped = JSON.stringify(body)
    .replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replaceAll('/', '\\/')
  return Buffer.from(escaped, 'latin1')
}

export function contactOf({ waId, userId, name }: Person, hidesPhone = false) {
  return { profile: { name }, ...(hidesPhone ? {} : { wa_id: waId }), user_id: userId }
}

const FREE_SERVICE = {
  billable: false,
  pricing_model: 'PMP',
  category: 'service',
  type: 'free_customer_service',
}

/** A receipt as the `statuses` of a webhook hold it. */
export function statusOf(message: ChatMessage, person: Person, status: string, atMs: number) {
  return {
    id: message.wamid,
    status,
    timestamp: String(Math.floor(atMs / 1_000)),
    recipient_id: person.waId,
    recipient_user_id: person.userId,
    ...(message.callbackData === undefined ? {} : { biz_opaque_callback_data: message.callbackData }),
    ...(status === 'sent' ? { conversation: conversationOf(message, atMs) } : {}),
    ...(status === 'sent' || status === 'delivered' ? { pricing: FREE_SERVICE } : {}),
  }
}

function conversationOf({ phone }: ChatMessage, atMs: number) {
  return {
    id: Buffer.from(phone).toString('hex').padStart(32, '0'),
    expiration_timestamp: String(Math.floor(atMs / 1_000) + 24 * 60 * 60),
    origin: { type: 'service' },
  }
}
