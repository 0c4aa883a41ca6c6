import { z } from 'zod'

// Loose everywhere: WhatsApp adds kinds and fields without notice, and what is not understood is still kept.
const id = z.string().min(1).max(256)
const media = z.looseObject({
  id: z.string().optional(),
  mime_type: z.string().optional(),
  sha256: z.string().optional(),
  caption: z.string().optional(),
  filename: z.string().optional(),
  url: z.string().optional(),
  voice: z.boolean().optional(),
})
const titled = z.looseObject({ id: z.string(), title: z.string() })

export const webhookErrorSchema = z.looseObject({ code: z.number(), title: z.string().optional() })

export const inboundMessageSchema = z.looseObject({
  id,
  /** Digits. Absent for a person with a username who has not shared a number. */
  from: z.string().optional(),
  /** Business-scoped, `CC.…`. */
  from_user_id: z.string().optional(),
  /** Seconds since 1970, as a string. */
  timestamp: z.string(),
  type: z.string().min(1).max(64),
  context: z.looseObject({ id: z.string().nullish(), from: z.string().nullish() }).optional(),
  text: z.looseObject({ body: z.string() }).optional(),
  image: media.optional(),
  video: media.optional(),
  audio: media.optional(),
  document: media.optional(),
  sticker: media.optional(),
  location: z
    .looseObject({
      latitude: z.number(),
      longitude: z.number(),
      name: z.string().optional(),
      address: z.string().optional(),
    })
    .optional(),
  reaction: z.looseObject({ message_id: z.string(), emoji: z.string().optional() }).optional(),
  button: z.looseObject({ text: z.string(), payload: z.string().optional() }).optional(),
  interactive: z
    .looseObject({ type: z.string(), button_reply: titled.optional(), list_reply: titled.optional() })
    .optional(),
  system: z
    .looseObject({ type: z.string().optional(), body: z.string().optional(), wa_id: z.string().optional() })
    .optional(),
  errors: z.array(webhookErrorSchema).optional(),
})
export type InboundMessage = z.output<typeof inboundMessageSchema>

export const contactSchema = z.looseObject({
  wa_id: z.string().optional(),
  user_id: z.string().optional(),
  profile: z.looseObject({ name: z.string().optional() }).optional(),
  identity_key_hash: z.string().optional(),
})
export type Contact = z.output<typeof contactSchema>

export const messageStatusSchema = z.looseObject({
  id,
  /** sent, delivered, read, failed, played, … */
  status: z.string().min(1).max(64),
  timestamp: z.string(),
  recipient_id: z.string().optional(),
  /** What we gave along with the message: the id of its row. */
  biz_opaque_callback_data: z.string().optional(),
  errors: z.array(webhookErrorSchema).optional(),
})
export type MessageStatus = z.output<typeof messageStatusSchema>

export const metadataSchema = z.looseObject({ phone_number_id: z.string().min(1) })
