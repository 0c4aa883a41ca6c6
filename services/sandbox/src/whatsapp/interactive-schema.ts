import { z } from 'zod'

/** Interactive messages. https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-list-messages */
const limited = (name: string, max: number) =>
  z.string().min(1, `${name} must not be empty`).max(max, `${name} is too long. Max length is ${max}`)

const header = z.looseObject({ type: z.string(), text: limited('Header text', 60).optional() })
const footer = z.looseObject({ text: limited('Footer text', 60) })

const button = z.looseObject({
  type: z.literal('button'),
  header: header.optional(),
  body: z.looseObject({ text: limited('Body text', 1024) }),
  footer: footer.optional(),
  action: z.looseObject({
    buttons: z
      .array(
        z.looseObject({
          type: z.literal('reply'),
          reply: z.looseObject({
            id: limited('Button id', 256),
            title: z
              .string()
              .min(1, 'Button title length invalid. Min length: 1, Max length: 20')
              .max(20, 'Button title length invalid. Min length: 1, Max length: 20'),
          }),
        }),
      )
      .min(1, 'Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3')
      .max(3, 'Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3')
      .refine(
        (buttons) => areUnique(buttons.map(({ reply }) => reply.id)),
        'Button ids must be unique within the message',
      )
      .refine(
        (buttons) => areUnique(buttons.map(({ reply }) => reply.title)),
        'Button titles must be unique within the message',
      ),
  }),
})

const row = z.looseObject({
  id: limited('Row id', 200),
  title: limited('Row title', 24),
  description: z.string().max(72, 'Row description is too long. Max length is 72').optional(),
})

const sections = z
  .array(
    z.looseObject({
      title: z.string().max(24, 'Section title is too long. Max length is 24').optional(),
      rows: z.array(row).min(1, 'A section must have at least one row'),
    }),
  )
  .min(1, 'Provide at least one section')
  .max(10, 'Total section count exceed max allowed count: 10')
  .refine((list) => rowsOf(list).length <= 10, 'Total row count exceed max allowed count: 10')
  .refine((list) => areUnique(rowsOf(list).map(({ id }) => id)), 'Row ids must be unique within the message')
  .refine(
    (list) => list.length === 1 || list.every(({ title }) => title),
    'Section title is required when there is more than one section',
  )

const list = z.looseObject({
  type: z.literal('list'),
  header: header
    .extend({ type: z.literal('text', 'A list message takes a header of type text only') })
    .optional(),
  body: z.looseObject({ text: limited('Body text', 4096) }),
  footer: footer.optional(),
  action: z.looseObject({ button: limited('List button', 20), sections }),
})

const ctaUrl = z.looseObject({
  type: z.literal('cta_url'),
  header: header.optional(),
  body: z.looseObject({ text: limited('Body text', 1024) }),
  footer: footer.optional(),
  action: z.looseObject({
    name: z.literal('cta_url'),
    parameters: z.looseObject({ display_text: limited('Button text', 20), url: z.url() }),
  }),
})

const locationRequest = z.looseObject({
  type: z.literal('location_request_message'),
  body: z.looseObject({ text: limited('Body text', 1024) }),
  action: z.looseObject({ name: z.literal('send_location') }),
})

// Kinds without limits of their own here: accepted when they have the common shape.
const OTHER_KINDS = [
  'flow',
  'address_message',
  'product',
  'product_list',
  'catalog_message',
  'carousel',
  'order_details',
  'order_status',
  'call_permission_request',
  'voice_call',
  'request_contact_info',
] as const

const other = z.looseObject({
  type: z.enum(OTHER_KINDS),
  header: header.optional(),
  body: z.looseObject({ text: limited('Body text', 1024) }).optional(),
  footer: footer.optional(),
  action: z.looseObject({}),
})

export const interactive = z.discriminatedUnion('type', [button, list, ctaUrl, locationRequest, other])

function rowsOf(parts: readonly { rows: z.output<typeof row>[] }[]) {
  return parts.flatMap(({ rows }) => rows)
}

function areUnique(values: readonly string[]): boolean {
  return new Set(values).size === values.length
}
