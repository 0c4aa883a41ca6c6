import { isDeepStrictEqual } from 'node:util'
import type { Reply } from '@waybill/database'
import { type OutboundMessage, outboundMessageSchema, textMessage } from '@waybill/whatsapp'
import type { Note } from './answer-message.ts'

/** `note` goes ahead of the replies. */
export type AnsweredBy = {
  wamid: string
  replyTo?: string | undefined
  note?: Note | undefined
  replies: readonly OutboundMessage[]
}
type Part = { message: OutboundMessage; replyTo: string }

const TEXT_LENGTH_MAX = 4_096

/**
 * Answers of one turn, as few messages as read well: WhatsApp lets one per 6 s through to a person.
 * Neighbouring texts become one, the same answer twice in a row is given once, what has buttons stays by itself.
 */
export function mergeReplies(answers: readonly AnsweredBy[]): Reply[] {
  const parts: Part[] = []
  for (const { wamid, replyTo = wamid, note, replies } of answers) {
    for (const message of note ? [note.message, ...replies] : replies) {
      const last = parts.at(-1)
      const merged = last && merge(last.message, message)
      if (merged) parts[parts.length - 1] = { message: merged, replyTo }
      else parts.push({ message, replyTo })
    }
  }
  return parts.map(({ message, replyTo }) => ({ message: outboundMessageSchema.parse(message), replyTo }))
}

function merge(first: OutboundMessage, second: OutboundMessage): OutboundMessage | undefined {
  if (isDeepStrictEqual(first, second)) return first
  if (first.type !== 'text' || second.type !== 'text') return undefined
  if (first.text.body.endsWith(`\n\n${second.text.body}`)) return first
  const body = `${first.text.body}\n\n${second.text.body}`
  return body.length <= TEXT_LENGTH_MAX ? textMessage(body) : undefined
}
