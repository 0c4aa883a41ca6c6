import type { orderEventReceived } from '@waybill/contracts'
import { type EventTiming, type Pool, recordOrderEvent } from '@waybill/database'
import { type Delivery, PermanentError } from '@waybill/messaging'
import type { Metrics } from '../metrics.ts'

type Deps = { pool: Pool; metrics: Pick<Metrics, 'orderEvents'>; timing: EventTiming }

/** Records an event once. The scheduler brings it up when it may be told. One for nobody we know is set aside. */
export function recordOrderEvents({ pool, metrics, timing }: Deps) {
  return async ({ payload }: Pick<Delivery<typeof orderEventReceived>, 'payload'>): Promise<void> => {
    const outcome = await recordOrderEvent(pool, payload, timing)
    metrics.orderEvents.inc({ outcome })
    if (outcome === 'unknown-driver') throw new PermanentError(`there is no driver ${payload.driver_id}`)
  }
}
