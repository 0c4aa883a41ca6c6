import type { Recorded } from './read-webhook.ts'

/**
 * What WhatsApp dates before `beforeMs` has no effect: rows as old may have left for the archive, and nobody would know
 * that it was there before. WhatsApp signs its own time with the rest of the body.
 */
export function refuseOld(recorded: Recorded, beforeMs: number): Recorded {
  if (recorded.kind !== 'message' && recorded.kind !== 'receipt') return recorded
  const sentAt = recorded.kind === 'message' ? recorded.row.sent_at : recorded.row.at
  return Date.parse(sentAt) < beforeMs ? { kind: 'old', sentAt } : recorded
}
