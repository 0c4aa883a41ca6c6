import { orderEventsDue } from '@waybill/contracts'
import { dueOrderEvents, type Pool } from '@waybill/database'
import type { Messaging } from '@waybill/messaging'

type Deps = { pool: Pool; messaging: Pick<Messaging, 'publish'> }

const EVENTS_MAX = 500

/** Hints at every driver whom there is something to tell. Returns their ids. */
export function openOrderEvents({ pool, messaging }: Deps) {
  return async (): Promise<readonly string[]> => {
    const driverIds = await dueOrderEvents(pool, { limit: EVENTS_MAX })
    await Promise.all(driverIds.map((driverId) => messaging.publish(orderEventsDue, { driverId })))
    return driverIds
  }
}
