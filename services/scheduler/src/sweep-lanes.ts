import { broadcastReady, conversationReady, orderCommandsReady, outboundReady } from '@waybill/contracts'
import { type Pool, type StrandedLane, strandedLanes } from '@waybill/database'
import type { Messaging } from '@waybill/messaging'

type Deps = { pool: Pool; messaging: Pick<Messaging, 'publish'>; graceMs: number }

const LANES_MAX = 500

/** Publishes the hint again for every lane with work that nobody is on. Returns those lanes, oldest work first. */
export function sweepLanes({ pool, messaging, graceMs }: Deps) {
  return async (): Promise<readonly StrandedLane[]> => {
    const lanes = await strandedLanes(pool, { graceMs, limit: LANES_MAX })
    await Promise.all(lanes.map((lane) => hint(messaging, lane)))
    return lanes
  }
}

function hint(messaging: Deps['messaging'], { kind, key, isBroadcast }: StrandedLane): Promise<void> {
  if (kind === 'inbound') return messaging.publish(conversationReady, { conversationId: key })
  if (kind === 'order-commands') return messaging.publish(orderCommandsReady, { driverId: key })
  return messaging.publish(isBroadcast ? broadcastReady : outboundReady, { conversationId: key })
}
