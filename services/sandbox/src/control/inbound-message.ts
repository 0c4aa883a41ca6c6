import { z } from 'zod'
import type { ChatMessage } from '../whatsapp/chats.ts'
import { isRecord } from '../whatsapp/outbound-schema.ts'
import { stubFile } from '../whatsapp/stub-files.ts'
import type { World } from '../world.ts'
import { parse } from './control-error.ts'

const COUNT_MAX = 10_000

/** What a driver sends: a text, or any message object as the Cloud API's webhooks hold it. */
export const inboundSchema = z
  .looseObject({
    type: z.string().min(1).default('text'),
    text: z.union([z.string().min(1), z.looseObject({ body: z.string() })]).optional(),
    context: z.looseObject({ id: z.string() }).optional(),
    count: z.number().int().min(1).max(COUNT_MAX).default(1),
    duplicate: z.number().int().min(1).max(100).default(1),
    batch: z.boolean().default(false),
    /** Seconds since the epoch, as in WhatsApp's own timestamps; late messages have old ones. */
    timestamp: z.coerce.number().int().min(0).optional(),
    userIdOnly: z.boolean().default(false),
    /** Without: whoever asked posts the webhooks, which are in the answer. */
    deliver: z.boolean().default(true),
  })
  .superRefine((message, context) => {
    if (
      message.type === 'text'
        ? message.text === undefined
        : message[message.type] === undefined && !PLAIN_TYPES.has(message.type)
    ) {
      context.addIssue({
        code: 'custom',
        message: `a message of type ${message.type} needs the field ${message.type}, as in {"type":"${message.type}","${message.type}":…}`,
      })
    }
  })

export type InboundRequest = z.output<typeof inboundSchema>

// Types whose webhooks hold nothing under their own name.
const PLAIN_TYPES = new Set(['unsupported', 'request_welcome', 'system'])
const CONTROL_FIELDS = new Set([
  'type',
  'text',
  'context',
  'count',
  'duplicate',
  'batch',
  'timestamp',
  'userIdOnly',
  'deliver',
])
const UNSUPPORTED = [
  {
    code: 131051,
    title: 'Message type unknown',
    message: 'Message type unknown',
    error_data: { details: 'Message type is currently not supported.' },
  },
]
const MIME_TYPES = new Map(
  Object.entries({
    image: 'image/jpeg',
    video: 'video/mp4',
    audio: 'audio/ogg; codecs=opus',
    document: 'application/pdf',
    sticker: 'image/webp',
  }),
)

/** What a control call may say of a file. */
const fileSchema = z.looseObject({
  data: z
    .base64()
    .transform((data) => Buffer.from(data, 'base64'))
    .optional(),
  mime_type: z.string().optional(),
  transcript: z.string().optional(),
  seconds: z.number().positive().max(3_600).default(3),
})

/** The part of the webhook's message that its type names, with a file behind every medium. */
export function contentOf(request: InboundRequest, { media }: World['whatsapp']): Record<string, unknown> {
  const { type, text } = request
  if (type === 'text') return { text: typeof text === 'string' ? { body: text } : text }
  const extra = Object.fromEntries(Object.entries(request).filter(([key]) => !CONTROL_FIELDS.has(key)))
  if (type === 'unsupported') return { errors: UNSUPPORTED, ...extra }
  const mimeType = MIME_TYPES.get(type)
  const given = extra[type]
  if (mimeType === undefined || !isRecord(given) || given.id !== undefined) return extra
  const file = parse(fileSchema, given)
  const { data: _data, transcript: _transcript, seconds: _seconds, ...rest } = given
  const medium = media.add({
    bytes: file.data ?? stubFile(file.mime_type ?? mimeType, file.seconds),
    mimeType: file.mime_type ?? mimeType,
    ...(file.transcript === undefined ? {} : { transcript: file.transcript }),
  })
  const sha256 = Buffer.from(medium.sha256, 'hex').toString('base64')
  const kind = type === 'audio' ? { voice: true } : type === 'sticker' ? { animated: false } : {}
  return { ...extra, [type]: { mime_type: medium.mimeType, sha256, id: medium.id, ...kind, ...rest } }
}

/** A tap names the message whose button it was, as WhatsApp does: the newest that offers it. */
export function contextOf(request: InboundRequest, chat: readonly ChatMessage[]): { id: string } | undefined {
  if (request.context) return request.context
  const tapped = tappedId(request.interactive)
  if (tapped === undefined) return undefined
  const offering = chat.findLast(
    ({ direction, content }) => direction === 'outbound' && optionIds(content.interactive).includes(tapped),
  )
  return offering && { id: offering.wamid }
}

function tappedId(interactive: unknown): string | undefined {
  if (!isRecord(interactive)) return undefined
  for (const reply of [interactive.button_reply, interactive.list_reply]) {
    if (isRecord(reply) && typeof reply.id === 'string') return reply.id
  }
  return undefined
}

const optionsSchema = z.object({
  action: z.object({
    buttons: z.array(z.object({ reply: z.object({ id: z.string() }) })).default([]),
    sections: z.array(z.object({ rows: z.array(z.object({ id: z.string() })) })).default([]),
  }),
})

function optionIds(interactive: unknown): string[] {
  const { data } = optionsSchema.safeParse(interactive)
  if (!data) return []
  const { buttons, sections } = data.action
  return [
    ...buttons.map(({ reply }) => reply.id),
    ...sections.flatMap(({ rows }) => rows.map(({ id }) => id)),
  ]
}
