import { LIMITS, type OutboundMessage, outboundMessageSchema } from './outbound-message.ts'
import { storableText } from './storable.ts'

type Button = { id: string; title: string }
type Row = { id: string; title: string; description?: string | undefined }
type Section = { title?: string | undefined; rows: readonly Row[] }

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
const ELLIPSIS = '…'

/** Texts that are too long are cut between two characters, with an ellipsis; an empty one becomes an ellipsis. */
export function fitText(text: string, lengthMax: number): string {
  const trimmed = storableText(text).trim()
  if (trimmed.length === 0) return ELLIPSIS
  if (trimmed.length <= lengthMax) return trimmed
  let fitted = ''
  for (const { segment } of graphemes.segment(trimmed)) {
    if (fitted.length + segment.length + ELLIPSIS.length > lengthMax) break
    fitted += segment
  }
  return fitted.trimEnd() + ELLIPSIS
}

export function textMessage(body: string): OutboundMessage {
  return { type: 'text', text: { body: fitText(body, LIMITS.text), preview_url: false } }
}

/** Throws RangeError unless there are one to three buttons with different ids. */
export function buttonsMessage({
  body,
  buttons,
  footer,
}: {
  body: string
  buttons: readonly Button[]
  footer?: string
}): OutboundMessage {
  return checked({
    type: 'interactive',
    interactive: {
      type: 'button',
      body: { text: fitText(body, LIMITS.buttonsBody) },
      ...(footer ? { footer: { text: fitText(footer, LIMITS.footer) } } : {}),
      action: {
        buttons: buttons.map(({ id, title }) => ({
          type: 'reply',
          reply: { id, title: fitText(title, LIMITS.buttonTitle) },
        })),
      },
    },
  })
}

/** Throws RangeError unless there are one to ten rows in all, with different ids: page what is longer. */
export function listMessage(list: {
  body: string
  button: string
  sections: readonly Section[]
  header?: string
  footer?: string
}): OutboundMessage {
  const { body, button, sections, header, footer } = list
  return checked({
    type: 'interactive',
    interactive: {
      type: 'list',
      ...(header ? { header: { type: 'text', text: fitText(header, LIMITS.header) } } : {}),
      body: { text: fitText(body, LIMITS.listBody) },
      ...(footer ? { footer: { text: fitText(footer, LIMITS.footer) } } : {}),
      action: {
        button: fitText(button, LIMITS.listButton),
        sections: sections.map(({ title, rows }) => ({
          ...(title ? { title: fitText(title, LIMITS.sectionTitle) } : {}),
          rows: rows.map((row) => ({
            id: row.id,
            title: fitText(row.title, LIMITS.rowTitle),
            ...(row.description ? { description: fitText(row.description, LIMITS.rowDescription) } : {}),
          })),
        })),
      },
    },
  })
}

function checked(message: OutboundMessage): OutboundMessage {
  const parsed = outboundMessageSchema.safeParse(message)
  if (parsed.success) return parsed.data
  throw new RangeError(
    `WhatsApp would refuse this message: ${parsed.error.issues.map((issue) => issue.message).join(', ')}`,
  )
}
