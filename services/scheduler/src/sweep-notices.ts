import { dispatchNoticeRaised } from '@waybill/contracts'
import { type Pool, strandedNotices } from '@waybill/database'
import type { Messaging } from '@waybill/messaging'

type Deps = { pool: Pool; messaging: Pick<Messaging, 'publish'>; graceMs: number }

const NOTICES_MAX = 200

/** Publishes the hint for every notice that is due and that nobody is on. Returns their ids, oldest first. */
export function sweepNotices({ pool, messaging, graceMs }: Deps) {
  return async (): Promise<readonly string[]> => {
    const ids = await strandedNotices(pool, { graceMs, limit: NOTICES_MAX })
    await Promise.all(ids.map((noticeId) => messaging.publish(dispatchNoticeRaised, { noticeId })))
    return ids
  }
}
