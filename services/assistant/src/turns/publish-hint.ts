import type { Payload, QueueContract } from '@waybill/contracts'
import type { Messaging } from '@waybill/messaging'
import type { Logger } from 'pino'
import type { Metrics } from '../metrics.ts'

type Deps = { messaging: Pick<Messaging, 'publish'>; metrics: Metrics; log: Logger }

/** What the hint is about is committed: if the broker does not take it, the sweeper makes up for it. Never throws. */
export async function publishHint<Q extends QueueContract>(
  { messaging, metrics, log }: Deps,
  contract: Q,
  payload: Payload<Q>,
): Promise<void> {
  try {
    await messaging.publish(contract, payload)
  } catch (error) {
    metrics.unpublished.inc({ queue: contract.queue })
    log.warn({ err: error, queue: contract.queue }, 'a hint was not published')
  }
}
