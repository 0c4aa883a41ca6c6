import type { AuditEntry, Driver, Sender, WaitingMessage } from '@waybill/database'
import { REPLIES, type Replies } from '../replies/replies.ts'
import type { Language } from '../session/session.ts'
import { normalize } from '../understand/normalize.ts'
import { guessLanguage } from '../understand/phrases.ts'
import { type DriverInput, readMessage } from '../understand/read-message.ts'

/** Nobody waits for an answer to these. */
export const SILENT: readonly DriverInput['kind'][] = ['silent', 'reaction', 'revoked']

/** Whether a turn may see any data at all, and if not, what the person is told instead. */
export type Admission =
  | { kind: 'admitted'; driver: Driver }
  | {
      kind: 'turned-away'
      reply: string | undefined
      audit: AuditEntry[]
      isRefusal: boolean
      lockReason: string | undefined
    }

export function admitSender(sender: Sender, messages: readonly WaitingMessage[]): Admission {
  const inputs = messages.map((message) => readMessage(message))
  const change = inputs.find((input) => input.kind === 'identity-changed')
  const isSilent = inputs.every(({ kind }) => SILENT.includes(kind))
  const say = REPLIES[languageOf(sender, messages)].identity
  const turnedAway = (reply: string | undefined, action: string, isRefusal = false): Admission => ({
    kind: 'turned-away',
    reply: isSilent ? undefined : reply,
    audit: [{ action, detail: { messages: messages.length } }],
    isRefusal: isRefusal && !isSilent,
    lockReason: change?.reason,
  })

  if (sender.identity === 'unknown') {
    const isNews = !sender.wasRefusedToday && !change
    const reply = sender.hasPhone ? say.unknown : say.shareContact
    return turnedAway(isNews ? reply : undefined, 'auth.refused', isNews)
  }
  // From here on somebody else may be writing: the whole turn goes without data.
  if (sender.identity === 'locked' || change) return turnedAway(say.locked, 'auth.locked')
  if (sender.driver.status !== 'active')
    return turnedAway(standing(sender.driver.status, say), 'auth.not-active')
  return { kind: 'admitted', driver: sender.driver }
}

export function languageOf(sender: Sender, messages: readonly WaitingMessage[]): Language {
  const known = sender.identity === 'unknown' ? null : sender.driver.language
  return known ?? guessFrom(messages) ?? 'en'
}

function guessFrom(messages: readonly WaitingMessage[]): Language | undefined {
  const words = messages
    .map((message) => readMessage(message))
    .flatMap((it) => (it.kind === 'words' ? [it.text] : []))
  return guessLanguage(normalize(words.join(' ')))
}

function standing(status: 'inactive' | 'suspended', say: Replies['identity']): string {
  return status === 'inactive' ? say.inactive : say.suspended
}
