import { type Place, type Pool, readProofParts } from '@waybill/database'
import type { ObjectStore } from '../media/object-store.ts'
import type { ConfirmOutcome } from './order-system.ts'
import type { ReachableOrders } from './reach-order-system.ts'

/** Throws when the store or the order system can't be reached. */
export type SendProof = (command: {
  driverId: string
  orderId: string
  proofId: string
  /** The parts that this command is about. */
  wamids: readonly string[]
  place?: Place | undefined
  distanceM?: number | undefined
  idempotencyKey: string
}) => Promise<ConfirmOutcome>

type Deps = {
  pool: Pool
  objects: Pick<ObjectStore, 'get'>
  orders: Pick<ReachableOrders, 'putProofFile' | 'attachProof'>
  timeoutMs: number
}

/** Files first: an order system that has a proof can show it. */
export function sendProof({ pool, objects, orders, timeoutMs }: Deps): SendProof {
  return async ({ wamids, ...command }) => {
    const { driverId, proofId } = command
    const parts = await readProofParts(pool, { driverId, proofId, wamids })
    if (parts.length === 0) return { kind: 'rejected', reason: 'no such proof' }
    for (const part of parts) {
      if (part.kind === 'location') continue
      const { sha256, contentType, objectKey } = part
      const bytes = await objects.get(objectKey, AbortSignal.timeout(timeoutMs))
      // Nobody will find it another time: what waits behind it goes on.
      if (!bytes) return { kind: 'rejected', reason: 'a file of the proof is not in the object store' }
      const outcome = await orders.putProofFile({ driverId, proofId, sha256, contentType, bytes })
      if (outcome.kind === 'rejected') return outcome
    }
    return orders.attachProof({ ...command, place: command.place, distanceM: command.distanceM, parts })
  }
}
