import { LIMITS, type OutboundMessage } from '@waybill/whatsapp'

/** A text of a message, with how long it may be, and whether the rest may go without it in another language. */
export type Piece = { text: string; lengthMax: number; isTitle: boolean }

type Say = (text: string, lengthMax: number, isTitle?: boolean) => string

/** What a driver reads in a message, in the order in which it stands there. Rows that show an order are facts. */
export function piecesOf(message: OutboundMessage): Piece[] {
  const pieces: Piece[] = []
  rewrite(message, (text, lengthMax, isTitle = false) => {
    pieces.push({ text, lengthMax, isTitle })
    return text
  })
  return pieces
}

/** The message with other texts, in the order of its pieces. */
export function withTexts(message: OutboundMessage, texts: readonly string[]): OutboundMessage {
  const rest = [...texts]
  return rewrite(message, (text) => rest.shift() ?? text)
}

function rewrite(message: OutboundMessage, say: Say): OutboundMessage {
  if (message.type === 'text') {
    return { ...message, text: { ...message.text, body: say(message.text.body, LIMITS.text) } }
  }
  if (message.type !== 'interactive') return message
  const { interactive } = message
  if (interactive.type === 'button') {
    return {
      ...message,
      interactive: {
        ...interactive,
        body: { text: say(interactive.body.text, LIMITS.buttonsBody) },
        action: {
          buttons: interactive.action.buttons.map((button) => ({
            ...button,
            reply: { ...button.reply, title: titleOf(button.reply.title, LIMITS.buttonTitle, say) },
          })),
        },
      },
    }
  }
  return {
    ...message,
    interactive: {
      ...interactive,
      body: { text: say(interactive.body.text, LIMITS.listBody) },
      action: {
        button: say(interactive.action.button, LIMITS.listButton, true),
        sections: interactive.action.sections.map((section) => ({
          ...section,
          ...(section.title === undefined ? {} : { title: say(section.title, LIMITS.sectionTitle, true) }),
          rows: section.rows.map((row) => (showsOrder(row.title) ? row : sayRow(row, say))),
        })),
      },
    },
  }
}

type Row = { id: string; title: string; description?: string | undefined }

function sayRow<R extends Row>(row: R, say: Say): R {
  const title = say(row.title, LIMITS.rowTitle, true)
  if (row.description === undefined) return { ...row, title }
  return { ...row, title, description: say(row.description, LIMITS.rowDescription, true) }
}

function titleOf(title: string, lengthMax: number, say: Say): string {
  return showsOrder(title) ? title : say(title, lengthMax, true)
}

const showsOrder = (title: string) => /#\w*\d/.test(title)
