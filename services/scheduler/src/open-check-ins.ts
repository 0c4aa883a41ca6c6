import { checkInDue } from '@waybill/contracts'
import { type CheckIn, dueCheckIns, type Pool } from '@waybill/database'
import type { Messaging } from '@waybill/messaging'

type Deps = { pool: Pool; messaging: Pick<Messaging, 'publish'> }

// A hint that is lost is given again, so there is no hurry: 250 a second are faster than WhatsApp lets them through.
const CHECK_INS_MAX = 500

/** Hints at every check-in that has a step to be taken. Exactly once a day is the row's doing, not this one's. */
export function openCheckIns({ pool, messaging }: Deps) {
  return async (): Promise<readonly CheckIn[]> => {
    const due = await dueCheckIns(pool, { limit: CHECK_INS_MAX })
    await Promise.all(due.map((checkIn) => messaging.publish(checkInDue, checkIn)))
    return due
  }
}
