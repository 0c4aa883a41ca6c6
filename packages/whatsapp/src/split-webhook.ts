import type { z } from 'zod'
import { canonicalPhone } from './canonical-phone.ts'
import { storable, storableText } from './storable.ts'
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
  | {
      kind: 'event'
      field: string
      phoneNumberId: string | undefined
      wabaId: string | undefined
      value: unknown
    }
  | { kind: 'malformed'; reason: string }

type JsonObject = { readonly [key: string]: unknown }

/**
 * A webhook's elements in the order of the document, each fit to be stored. Never throws: an element that can't be
 * read is `malformed`, with its reason, and costs none of the others.
 */
export function splitWebhook(body: unknown): WebhookElement[] {
  if (!isObject(body)) return [malformed('not a JSON object')]
  if (body.object !== 'whatsapp_business_account') return [malformed('not from WhatsApp')]
  if (!Array.isArray(body.entry)) return [malformed('no entries')]
  return body.entry.flatMap((entry: unknown) => {
    if (!isObject(entry) || !Array.isArray(entry.changes)) return [malformed('entry without changes')]
    const wabaId = typeof entry.id === 'string' ? storableText(entry.id) : undefined
    return entry.changes.flatMap((change: unknown) => splitChange(change, wabaId))
  })
}

function splitChange(change: unknown, wabaId: string | undefined): WebhookElement[] {
  if (!isObject(change) || typeof change.field !== 'string') return [malformed('change without field')]
  const { value } = change
  const field = storableText(change.field)
  const metadata = isObject(value) ? storable(value.metadata) : undefined
  const phoneNumberId = metadataSchema.safeParse(metadata).data?.phone_number_id
  const eventOf = (name: string, content: unknown) =>
    fit(content, name, (kept) => ({ kind: 'event', field: name, phoneNumberId, wabaId, value: kept }))

  if (field !== 'messages') return [eventOf(field, value)]
  if (!isObject(value) || phoneNumberId === undefined) {
    return [malformed('messages without a phone number id')]
  }
  const contacts = contactsOf(value)
  const readMessage = (item: unknown) =>
    read(inboundMessageSchema, item, 'message', (message) => {
      return { kind: 'message', phoneNumberId, message, contact: contactOf(message, contacts) }
    })
  const readStatus = (item: unknown) =>
    read(messageStatusSchema, item, 'status', (status) => ({ kind: 'status', phoneNumberId, status }))

  const elements = Object.entries(value).flatMap(([key, content]) => {
    if (key === 'errors') return [eventOf(key, content)]
    if (key !== 'messages' && key !== 'statuses') return []
    if (!Array.isArray(content)) return [malformed(`${key} are no list`)]
    return content.map(key === 'messages' ? readMessage : readStatus)
  })
  // What holds none of the three is something new: on record like the rest.
  return elements.length > 0 ? elements : [eventOf(field, value)]
}

function read<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  name: string,
  build: (parsed: z.output<Schema>) => WebhookElement,
): WebhookElement {
  return fit(value, name, (kept) => {
    const parsed = schema.safeParse(kept)
    if (parsed.success) return build(parsed.data)
    const [issue] = parsed.error.issues
    return malformed(`${name}: ${issue?.path.join('.') || 'it'} ${issue?.message ?? 'cannot be read'}`)
  })
}

function fit(value: unknown, name: string, build: (kept: unknown) => WebhookElement): WebhookElement {
  const kept = storable(value ?? null)
  return kept === undefined ? malformed(`${name}: nested too deep`) : build(kept)
}

function contactsOf({ contacts }: JsonObject): Contact[] {
  const listed: unknown[] = Array.isArray(contacts) ? contacts : []
  return listed.flatMap((contact) => {
    const { data } = contactSchema.safeParse(storable(contact))
    return data ? [data] : []
  })
}

/** WhatsApp may write one number in two ways. Nothing but a match will do: this says whose message it is. */
function contactOf({ from, from_user_id }: InboundMessage, contacts: Contact[]): Contact | undefined {
  const phone = from ? canonicalPhone(from) : ''
  return contacts.find(
    ({ wa_id, user_id }) =>
      (phone && wa_id && canonicalPhone(wa_id) === phone) || (from_user_id && user_id === from_user_id),
  )
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function malformed(reason: string): WebhookElement {
  return { kind: 'malformed', reason }
}
