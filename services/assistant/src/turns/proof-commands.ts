import { randomUUID } from 'node:crypto'
import type { OrderCommand } from '@waybill/database'
import type { Language } from '../session/session.ts'
import type { ProofChange } from '../tools/tool.ts'

/** All that a turn has to say of a proof, as one change: an album of photos is one. */
export function mergeProofs(changes: readonly ProofChange[]): ProofChange[] {
  const merged = new Map<string, ProofChange>()
  for (const change of changes) {
    const before = merged.get(change.id)
    merged.set(
      change.id,
      before
        ? {
            ...change,
            orderId: change.orderId ?? before.orderId,
            place: change.place ?? before.place,
            distanceM: change.distanceM ?? before.distanceM,
            parts: [...before.parts, ...change.parts],
            passOn: [...new Set([...before.passOn, ...change.passOn])],
          }
        : change,
    )
  }
  return [...merged.values()]
}

/** `undefined` while nobody knows which order it is for. */
export function proofCommand(
  { id: proofId, orderId, passOn: wamids, place, distanceM }: ProofChange,
  language: Language,
): OrderCommand | undefined {
  if (orderId === undefined || wamids.length === 0) return undefined
  // All that is passed on is fixed here: the same key must mean the same on every try.
  const payload = { proofId, orderId, wamids, place, distanceM, language }
  return { id: randomUUID(), kind: 'attach-proof', payload }
}
