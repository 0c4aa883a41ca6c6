import type { LetterSubject } from '@waybill/database'
import { z } from 'zod'

const text = z.string().min(1).max(200).optional().catch(undefined)
const bodySchema = z.object({
  driverId: text,
  driver_id: text,
  conversationId: text,
  noticeId: z.uuid().optional().catch(undefined),
})

/** Whom a letter names where our own messages do. A webhook has numbers only: its message id is on record with it. */
export function subjectOf(body: Buffer): LetterSubject {
  try {
    const { driverId, driver_id, conversationId, noticeId } = bodySchema.parse(
      JSON.parse(body.toString('utf8')),
    )
    return { driverId: driverId ?? driver_id, conversationId, noticeId }
  } catch {
    return {}
  }
}
