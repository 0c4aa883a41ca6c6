import type { WaitingMessage } from '@waybill/database'

const FILES = ['image', 'document']
/** An album that keeps growing is answered as far as it has come. */
const QUIET_TIMES_MAX = 3

/**
 * Photos of one album come as messages of their own, side by side. How long to wait for the rest, in ms; 0 when the
 * last message is no file, or is older than `quietMs` by WhatsApp's clock, which has whole seconds.
 */
export function albumWaitMs(
  messages: readonly Pick<WaitingMessage, 'kind' | 'sentAt' | 'attempts'>[],
  { now, quietMs }: { now: number; quietMs: number },
): number {
  const files = messages.filter(({ kind }) => FILES.includes(kind))
  const [first] = files
  const last = messages.at(-1)
  if (!first || !last || last !== files.at(-1)) return 0
  // What was tried before has waited.
  if (messages.some(({ attempts }) => attempts > 1)) return 0
  if (now - first.sentAt > quietMs * QUIET_TIMES_MAX) return 0
  return Math.max(0, Math.min(last.sentAt + quietMs - now, quietMs))
}
