import { z } from 'zod'

// Only what a message or a receipt is filed under is checked. WhatsApp adds kinds and fields without notice: the rest
// is kept as it came, and whoever answers a message says what it makes of it.
const id = z.string().min(1).max(256)
const kind = z.string().min(1).max(64)
/** Whole seconds since 1970. */
const timestamp = z.string()
const maybe = <Schema extends z.ZodType>(schema: Schema) =>
  schema.nullish().transform((it) => it ?? undefined)

export const inboundMessageSchema = z.looseObject({
  id,
  /** Digits. Absent for a person with a username who has not shared a number. */
  from: maybe(z.string()),
  /** Business-scoped, `CC.…`. */
  from_user_id: maybe(z.string()),
  timestamp,
  type: kind,
})
export type InboundMessage = z.output<typeof inboundMessageSchema>

export const contactSchema = z.looseObject({
  wa_id: maybe(z.string()),
  user_id: maybe(z.string()),
})
export type Contact = z.output<typeof contactSchema>

export const messageStatusSchema = z.looseObject({
  id,
  /** sent, delivered, read, failed, played, … */
  status: kind,
  timestamp,
  recipient_id: maybe(z.string()),
  recipient_user_id: maybe(z.string()),
  /** What we gave along with the message: the id of its row. */
  biz_opaque_callback_data: maybe(z.string()),
  errors: maybe(z.array(z.unknown())),
})
export type MessageStatus = z.output<typeof messageStatusSchema>

export const metadataSchema = z.looseObject({ phone_number_id: z.string().min(1) })
