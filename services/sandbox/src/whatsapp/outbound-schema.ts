import { z } from 'zod'
import { GraphError } from './graph-error.ts'
import { interactive } from './interactive-schema.ts'

/** What may be posted to /messages, with Meta's limits. Written from its pages, apart from our own client. */
const media = z
  .looseObject({ id: z.string().min(1).optional(), link: z.string().min(1).optional() })
  .refine(({ id, link }) => (id === undefined) !== (link === undefined), 'Provide either id or link.')
const captioned = z.looseObject({
  caption: z.string().max(1024, 'Caption is too long. Max length is 1024').optional(),
})

const envelope = {
  messaging_product: z.literal('whatsapp'),
  recipient_type: z.enum(['individual', 'group']).optional(),
  to: z.string().min(1).optional(),
  recipient: z.string().min(1).optional(),
  context: z.looseObject({ message_id: z.string().min(1) }).optional(),
  biz_opaque_callback_data: z
    .string()
    .max(512, 'biz_opaque_callback_data is too long. Max length is 512')
    .optional(),
}

const TEXT_MAX = 4096

const messageSchema = z.discriminatedUnion('type', [
  z.looseObject({
    ...envelope,
    type: z.literal('text'),
    text: z.looseObject({
      body: z.string().min(1, 'Text body must not be empty').max(TEXT_MAX),
      preview_url: z.boolean().optional(),
    }),
  }),
  z.looseObject({ ...envelope, type: z.literal('image'), image: media.and(captioned) }),
  z.looseObject({ ...envelope, type: z.literal('video'), video: media.and(captioned) }),
  z.looseObject({ ...envelope, type: z.literal('document'), document: media.and(captioned) }),
  z.looseObject({ ...envelope, type: z.literal('audio'), audio: media }),
  z.looseObject({ ...envelope, type: z.literal('sticker'), sticker: media }),
  z.looseObject({
    ...envelope,
    type: z.literal('location'),
    location: z.looseObject({
      latitude: z.coerce.number().min(-90).max(90),
      longitude: z.coerce.number().min(-180).max(180),
      name: z.string().optional(),
      address: z.string().optional(),
    }),
  }),
  z.looseObject({
    ...envelope,
    type: z.literal('contacts'),
    contacts: z.array(z.looseObject({ name: z.looseObject({ formatted_name: z.string().min(1) }) })).min(1),
  }),
  z.looseObject({
    ...envelope,
    type: z.literal('reaction'),
    reaction: z.looseObject({ message_id: z.string().min(1), emoji: z.string().optional() }),
  }),
  z.looseObject({
    ...envelope,
    type: z.literal('template'),
    template: z.looseObject({
      name: z.string().min(1).max(512),
      language: z.looseObject({ code: z.string().min(1) }),
      components: z
        .array(
          z.looseObject({
            type: z.string(),
            parameters: z.array(z.looseObject({ type: z.string() })).optional(),
          }),
        )
        .optional(),
    }),
  }),
  z.looseObject({ ...envelope, type: z.literal('interactive'), interactive }),
])

export type OutboundRequest = z.output<typeof messageSchema>

const readSchema = z.looseObject({
  messaging_product: z.literal('whatsapp'),
  status: z.literal('read'),
  message_id: z.string().min(1),
  typing_indicator: z.looseObject({ type: z.literal('text') }).optional(),
})

export const parseRead = (body: unknown) => parse(readSchema, body)

/** Throws the GraphError that Meta answers with: what is missing, what is too long, what is not known. */
export function parseOutbound(body: unknown): OutboundRequest {
  const message = parse(
    messageSchema,
    isRecord(body) ? { type: body.interactive ? 'interactive' : 'text', ...body } : body,
  )
  if ((message.to === undefined) === (message.recipient === undefined)) {
    throw new GraphError(131008, 'Provide either to (a phone number) or recipient (a user id).')
  }
  return message
}

function parse<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  if (!isRecord(body)) throw new GraphError(100, 'The request body must be a JSON object.')
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw issue ? graphErrorFor(issue, body) : new GraphError(100)
}

function graphErrorFor(issue: z.core.$ZodIssue, body: unknown): GraphError {
  const path = issue.path.map(String)
  const name = path.join('.')
  if (path.length === 1 && (name === 'type' || name === 'messaging_product')) {
    return new GraphError(100, undefined, {
      message: `(#100) Param ${name} is missing or not one of the known values.`,
    })
  }
  if (name === 'text.body' && issue.code === 'too_big') {
    return new GraphError(100, undefined, {
      message: `(#100) Param text['body'] must be at most ${TEXT_MAX} characters long.`,
    })
  }
  if (issue.code === 'invalid_type' && valueAt(body, path) === undefined) {
    return new GraphError(131008, `The parameter ${name} is required.`)
  }
  return new GraphError(131009, `${name}: ${issue.message}`)
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => {
    if (Array.isArray(inner)) return inner[Number(key)]
    return isRecord(inner) ? inner[key] : undefined
  }, value)
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
