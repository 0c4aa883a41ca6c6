import { z } from 'zod'

// https://developers.facebook.com/documentation/business-messaging/whatsapp/messages. Whether WhatsApp counts code
// points or UTF-16 units is not documented; units are never fewer.
export const LIMITS = {
  text: 4_096,
  listBody: 4_096,
  listButton: 20,
  listRows: 10,
  listSections: 10,
  rowId: 200,
  rowTitle: 24,
  rowDescription: 72,
  sectionTitle: 24,
  header: 60,
  footer: 60,
  buttonsBody: 1_024,
  buttons: 3,
  buttonId: 256,
  buttonTitle: 20,
} as const

const text = (max: number) => z.string().min(1).max(max)
const textObject = (max: number) => z.object({ text: text(max) })
const header = z.object({ type: z.literal('text'), text: text(LIMITS.header) })

const buttonsSchema = z.object({
  type: z.literal('button'),
  header: header.optional(),
  body: textObject(LIMITS.buttonsBody),
  footer: textObject(LIMITS.footer).optional(),
  action: z.object({
    buttons: z
      .array(
        z.object({
          type: z.literal('reply'),
          reply: z.object({ id: text(LIMITS.buttonId), title: text(LIMITS.buttonTitle) }),
        }),
      )
      .min(1)
      .max(LIMITS.buttons)
      .refine((buttons) => areUnique(buttons.map(({ reply }) => reply.id)), 'button ids must differ'),
  }),
})

const rowSchema = z.object({
  id: text(LIMITS.rowId),
  title: text(LIMITS.rowTitle),
  description: text(LIMITS.rowDescription).optional(),
})

const listSchema = z.object({
  type: z.literal('list'),
  header: header.optional(),
  body: textObject(LIMITS.listBody),
  footer: textObject(LIMITS.footer).optional(),
  action: z.object({
    button: text(LIMITS.listButton),
    sections: z
      .array(z.object({ title: text(LIMITS.sectionTitle).optional(), rows: z.array(rowSchema).min(1) }))
      .min(1)
      .max(LIMITS.listSections)
      .refine(
        (sections) => sections.flatMap(({ rows }) => rows).length <= LIMITS.listRows,
        'at most 10 rows in all',
      )
      .refine(
        (sections) => areUnique(sections.flatMap(({ rows }) => rows.map(({ id }) => id))),
        'row ids must differ',
      )
      .refine(
        (sections) => sections.length === 1 || sections.every(({ title }) => title),
        'several sections need titles',
      ),
  }),
})

/** What can be sent, without the recipient. */
export const outboundMessageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('text'),
    text: z.object({ body: text(LIMITS.text), preview_url: z.boolean().optional() }),
  }),
  z.object({
    type: z.literal('interactive'),
    interactive: z.discriminatedUnion('type', [buttonsSchema, listSchema]),
  }),
  z.object({
    type: z.literal('location'),
    location: z.object({
      latitude: z.number().min(-90).max(90),
      longitude: z.number().min(-180).max(180),
      name: z.string().optional(),
      address: z.string().optional(),
    }),
  }),
  z.object({
    type: z.literal('reaction'),
    /** An empty emoji takes the reaction back. */
    reaction: z.object({ message_id: text(256), emoji: z.string().max(64) }),
  }),
  z.object({
    type: z.literal('template'),
    template: z.object({
      name: text(512),
      language: z.object({ code: z.string().min(2) }),
      components: z.array(z.looseObject({ type: z.string() })).optional(),
    }),
  }),
])
export type OutboundMessage = z.output<typeof outboundMessageSchema>

function areUnique(ids: readonly string[]): boolean {
  return new Set(ids).size === ids.length
}
