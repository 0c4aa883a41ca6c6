import type { WaitingMessage } from '@waybill/database'
import { readMessage } from '../understand/read-message.ts'

/** Messages of a turn that were edited or deleted before anybody has answered them, and by which message. */
export function supersededIn(messages: readonly WaitingMessage[]): ReadonlyMap<string, string> {
  const superseded = new Map<string, string>()
  const latestEdit = new Map<string, string>()
  for (const message of messages) {
    const input = readMessage(message)
    if (input.kind !== 'edited' && input.kind !== 'revoked') continue
    superseded.set(input.originalId, message.wamid)
    // Of several edits the last one counts, and none of a message that was deleted.
    const earlier = latestEdit.get(input.originalId)
    if (earlier !== undefined) superseded.set(earlier, message.wamid)
    if (input.kind === 'edited') latestEdit.set(input.originalId, message.wamid)
  }
  return superseded
}
