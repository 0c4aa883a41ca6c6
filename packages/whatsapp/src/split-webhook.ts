import type { z } from 'zod'
import { storable } from './storable.ts'
import {
  type Contact,
  contactSchema,
  type InboundMessage,
  inboundMessageSchema,
  type MessageStatus,
  messageStatusSchema,
  metadataSchema,
} from './webhook-schema.ts'

export type WebhookElement =
  | { kind: 'message'; phoneNumberId: string; message: InboundMessage; contact: Contact | undefined }
  | { kind: 'status'; phoneNumberId: string; status: MessageStatus }
  /** Account, template and call updates, errors: whatever is neither a message nor a receipt. */
  | { kind: 'event'; field: string; phoneNumberId: string | undefined; value: unknown }
  | { kind: 'malformed'; reason: string; value: unknown }

type JsonObject = { readonly [key: string]: unknown }

/**
 * A webhook's elements in the order of the document. Never throws: an element that can't be read is `malformed`, with
 * its reason, and costs none of the others.
 */
export function splitWebhook(body: unknown): WebhookElement[] {
  const webhook = storable(body)
  if (!isObject(webhook)) return [malformed('not a JSON object, or nested too deep', undefined)]
  if (webhook.object !== 'whatsapp_business_account') return [malformed('not from WhatsApp', webhook)]
  if (!Array.isArray(webhook.entry)) return [malformed('no entries', webhook)]
  return webhook.entry.flatMap((entry: unknown) => {
    if (!isObject(entry) || !Array.isArray(entry.changes)) return [malformed('entry without changes', entry)]
    return entry.changes.flatMap(splitChange)
  })
}

function splitChange(change: unknown): WebhookElement[] {
  if (!isObject(change) || typeof change.field !== 'string' || !isObject(change.value)) {
    return [malformed('change without field or value', change)]
  }
  const { field, value } = change
  const phoneNumberId = metadataSchema.safeParse(value.metadata).data?.phone_number_id
  if (field !== 'messages') return [{ kind: 'event', field, phoneNumberId, value }]
  if (phoneNumberId === undefined) return [malformed('messages without a phone number id', change)]

  const contacts = listOf(value.contacts).flatMap((contact) => {
    const { data } = contactSchema.safeParse(contact)
    return data ? [data] : []
  })
  const errors = listOf(value.errors)
  return [
    ...listOf(value.messages).map((message) =>
      read(inboundMessageSchema, message, 'message', (it) => ({
        kind: 'message',
        phoneNumberId,
        message: it,
        contact: contactOf(it, contacts),
      })),
    ),
    ...listOf(value.statuses).map((status) =>
      read(messageStatusSchema, status, 'status', (it) => ({ kind: 'status', phoneNumberId, status: it })),
    ),
    ...(errors.length > 0 ? [{ kind: 'event', field: 'errors', phoneNumberId, value: errors } as const] : []),
  ]
}

function read<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  name: string,
  build: (parsed: z.output<Schema>) => WebhookElement,
): WebhookElement {
  const parsed = schema.safeParse(value)
  if (parsed.success) return build(parsed.data)
  const [issue] = parsed.error.issues
  return malformed(`${name}: ${issue?.path.join('.') || 'it'} ${issue?.message ?? 'cannot be read'}`, value)
}

/** The contact of a message; the only one there is, when it says too little to tell. */
function contactOf(
  { from, from_user_id }: InboundMessage,
  contacts: readonly Contact[],
): Contact | undefined {
  const named = contacts.find(
    ({ wa_id, user_id }) =>
      (from !== undefined && wa_id === from) || (from_user_id !== undefined && user_id === from_user_id),
  )
  return named ?? (contacts.length === 1 ? contacts[0] : undefined)
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function malformed(reason: string, value: unknown): WebhookElement {
  return { kind: 'malformed', reason, value }
}
