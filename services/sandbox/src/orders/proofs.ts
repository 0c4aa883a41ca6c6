import { createHash } from 'node:crypto'
import { z } from 'zod'
import { OrderError } from './order-error.ts'

const FILES_MAX = 1_000
const PROOFS_MAX = 10_000

const place = { latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) }
const fileSchema = z.object({
  kind: z.enum(['photo', 'document']),
  device_time: z.iso.datetime(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  content_type: z.string(),
  size: z.number().int().positive(),
  caption: z.string().optional(),
})
const locationSchema = z.object({ kind: z.literal('location'), device_time: z.iso.datetime(), ...place })

export const proofSchema = z.strictObject({
  proof_id: z.uuid(),
  location: z.object(place).nullable(),
  distance_m: z.number().int().nonnegative().nullable(),
  parts: z.array(z.discriminatedUnion('kind', [fileSchema, locationSchema])).min(1),
})
export type NewProof = z.output<typeof proofSchema>
export type Proof = NewProof & { driver_id: string; order_id: string }

/** Proofs of delivery, and the files that they speak of. */
export function createProofs() {
  const files = new Map<string, { bytes: Buffer; contentType: string }>()
  const proofs = new Map<string, Proof>()
  const keyOf = (...parts: string[]) => parts.join('/')

  return {
    putFile(of: { driverId: string; proofId: string; sha256: string; contentType: string; bytes: Buffer }) {
      const { driverId, proofId, sha256, contentType, bytes } = of
      if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
        throw new OrderError(422, 'damaged', 'the file is not what its name says')
      }
      files.set(keyOf(driverId, proofId, sha256), { bytes, contentType })
      const [oldest] = files.keys()
      if (files.size > FILES_MAX && oldest !== undefined) files.delete(oldest)
    },

    /** Parts are added to what is there; a proof that comes for another order has moved. */
    attach(driverId: string, orderId: string, added: NewProof): Proof {
      for (const part of added.parts) {
        if (part.kind !== 'location' && !files.has(keyOf(driverId, added.proof_id, part.sha256))) {
          throw new OrderError(422, 'file_missing', 'put the files of a proof before it')
        }
      }
      const key = keyOf(driverId, added.proof_id)
      const before = (proofs.get(key)?.parts ?? []).map((part) => JSON.stringify(part))
      const news = added.parts.filter((part) => !before.includes(JSON.stringify(part)))
      const parts = [...(proofs.get(key)?.parts ?? []), ...news]
      const proof = { ...added, driver_id: driverId, order_id: orderId, parts }
      proofs.set(key, proof)
      const [oldest] = proofs.keys()
      if (proofs.size > PROOFS_MAX && oldest !== undefined) proofs.delete(oldest)
      return proof
    },

    of: (driverId: string, orderId: string) =>
      [...proofs.values()].filter((it) => it.driver_id === driverId && it.order_id === orderId),

    reset() {
      files.clear()
      proofs.clear()
    },
  }
}
