import type { WaitingMessage } from '@waybill/database'
import { z } from 'zod'
import type { SentenceKind } from '../replies/replies.ts'

/** What a driver did, whatever WhatsApp calls it. Kinds: https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks */
export type DriverInput =
  | { kind: 'words'; text: string }
  | { kind: 'tap'; id: string; title: string }
  | { kind: 'reaction'; emoji: string | undefined; messageId: string }
  | { kind: 'welcome' }
  /** WhatsApp says that somebody else may be behind this account now. */
  | { kind: 'identity-changed'; reason: string }
  | { kind: 'voice'; medium: MediumRef }
  | { kind: 'file'; as: 'photo' | 'document'; medium: MediumRef; caption: string | undefined }
  | { kind: 'location'; latitude: number; longitude: number }
  /** `message`: what the message that was sent before says now. */
  | { kind: 'edited'; originalId: string; message: { kind: string; body: unknown } }
  | { kind: 'revoked'; originalId: string }
  | { kind: 'silent' }
  | { kind: 'unreadable'; sentence: SentenceKind }

/** A file as WhatsApp announces it. */
export type MediumRef = { mediaId: string; sha256: string | undefined }

const words = z.object({ text: z.object({ body: z.string().trim().min(1) }) })
const choice = z.object({ id: z.string(), title: z.string().default('') })
const interactive = z.object({
  interactive: z.union([
    z.object({ button_reply: choice }).transform((it) => it.button_reply),
    z.object({ list_reply: choice }).transform((it) => it.list_reply),
  ]),
})
const templateButton = z.object({ button: z.object({ text: z.string().default(''), payload: z.string() }) })
const reaction = z.object({
  reaction: z.object({ message_id: z.string(), emoji: z.string().optional() }),
})
const system = z.object({ system: z.object({ type: z.string() }) })

const medium = z
  .object({ id: z.string().min(1), sha256: z.string().optional().catch(undefined) })
  .transform(({ id, sha256 }): MediumRef => ({ mediaId: id, sha256 }))
const caption = z.object({ caption: z.string().optional() }).catch({})
const location = z.object({
  location: z.object({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) }),
})
const edit = z.object({
  edit: z.object({ original_message_id: z.string().min(1), message: z.looseObject({ type: z.string() }) }),
})
const revoke = z.object({ revoke: z.object({ original_message_id: z.string().min(1) }) })

const SENTENCES: ReadonlyMap<string, SentenceKind> = new Map(
  Object.entries<SentenceKind>({
    location: 'location',
    image: 'image',
    document: 'document',
    video: 'video',
    audio: 'voice',
    voice: 'voice',
    sticker: 'sticker',
    contacts: 'contacts',
    order: 'order',
    edit: 'changed',
  }),
)
const IDENTITY_CHANGES = ['user_changed_number', 'customer_identity_changed', 'customer_changed_number']

/** Never throws: what can't be read is a kind of its own. */
export function readMessage({ kind, body }: Pick<WaitingMessage, 'kind' | 'body'>): DriverInput {
  switch (kind) {
    case 'text': {
      const text = words.safeParse(body).data?.text.body
      return text === undefined
        ? { kind: 'unreadable', sentence: 'other' }
        : { kind: 'words', text: clean(text) }
    }
    case 'interactive': {
      const tap = interactive.safeParse(body).data?.interactive
      return tap ? { kind: 'tap', ...tap } : { kind: 'unreadable', sentence: 'other' }
    }
    case 'button': {
      const button = templateButton.safeParse(body).data?.button
      return button
        ? { kind: 'tap', id: button.payload, title: button.text }
        : { kind: 'unreadable', sentence: 'other' }
    }
    case 'reaction': {
      const { data } = reaction.safeParse(body)
      if (!data) return { kind: 'silent' }
      return { kind: 'reaction', emoji: data.reaction.emoji, messageId: data.reaction.message_id }
    }
    case 'audio':
    case 'voice': {
      const recording = z.object({ [kind]: medium }).safeParse(body).data?.[kind]
      return recording ? { kind: 'voice', medium: recording } : { kind: 'unreadable', sentence: 'voice' }
    }
    case 'image':
    case 'document': {
      const file = z.object({ [kind]: medium }).safeParse(body).data?.[kind]
      if (!file) return { kind: 'unreadable', sentence: kind }
      const text = z
        .object({ [kind]: caption })
        .safeParse(body)
        .data?.[kind]?.caption?.trim()
      const as = kind === 'image' ? 'photo' : 'document'
      return { kind: 'file', as, medium: file, caption: text ? clean(text) : undefined }
    }
    case 'location': {
      const place = location.safeParse(body).data?.location
      return place ? { kind: 'location', ...place } : { kind: 'unreadable', sentence: 'location' }
    }
    case 'edit': {
      const change = edit.safeParse(body).data?.edit
      if (!change) return { kind: 'unreadable', sentence: 'changed' }
      const { original_message_id: originalId, message } = change
      return { kind: 'edited', originalId, message: { kind: message.type, body: message } }
    }
    // Whoever takes a message back wants no answer to it.
    case 'revoke': {
      const originalId = revoke.safeParse(body).data?.revoke.original_message_id
      return originalId === undefined ? { kind: 'silent' } : { kind: 'revoked', originalId }
    }
    case 'request_welcome':
      return { kind: 'welcome' }
    case 'system': {
      const reason = system.safeParse(body).data?.system.type ?? ''
      return IDENTITY_CHANGES.includes(reason) ? { kind: 'identity-changed', reason } : { kind: 'silent' }
    }
    default:
      return { kind: 'unreadable', sentence: SENTENCES.get(kind) ?? 'other' }
  }
}

/** Half a surrogate pair or a NUL can't be stored as JSON in PostgreSQL. */
function clean(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '')
}
