import type { QueueContract } from './define-queue.ts'
import {
  broadcastReady,
  checkInDue,
  conversationReady,
  dispatchNoticeRaised,
  orderCommandsReady,
  outboundReady,
  turnStarted,
} from './hints.ts'
import { orderEventReceived, orderEventsDue } from './order-events.ts'
import { webhookReceived } from './webhook-received.ts'

/** Every queue: beside each there is one for its dead letters. */
export const QUEUES: readonly QueueContract[] = [
  webhookReceived,
  conversationReady,
  outboundReady,
  broadcastReady,
  turnStarted,
  orderCommandsReady,
  checkInDue,
  orderEventReceived,
  orderEventsDue,
  dispatchNoticeRaised,
]

/** What somebody does with the broker, which is all that his user there may do. */
export type BrokerRole = {
  readonly publishes: readonly QueueContract[]
  /** And sets aside, or retries, what comes from there. */
  readonly consumes: readonly QueueContract[]
  /** Whose dead letters it takes. */
  readonly collects: readonly QueueContract[]
  /** Whose length it asks for. */
  readonly measures: readonly QueueContract[]
}

const NOTHING: BrokerRole = { publishes: [], consumes: [], collects: [], measures: [] }

/** Everybody who connects to the broker. */
export const ROLES = {
  ingress: { ...NOTHING, publishes: [webhookReceived, orderEventReceived] },
  intake: { ...NOTHING, publishes: [conversationReady, outboundReady], consumes: [webhookReceived] },
  assistant: {
    ...NOTHING,
    publishes: [outboundReady, broadcastReady, turnStarted, orderCommandsReady, dispatchNoticeRaised],
    consumes: [conversationReady, orderCommandsReady, checkInDue, orderEventReceived, orderEventsDue],
  },
  sender: { ...NOTHING, consumes: [outboundReady, broadcastReady, turnStarted] },
  scheduler: {
    ...NOTHING,
    publishes: [
      ...[conversationReady, outboundReady, broadcastReady, orderCommandsReady],
      ...[checkInDue, orderEventsDue, dispatchNoticeRaised],
    ],
  },
  // Replays what was set aside, wherever it came from.
  dispatch: { ...NOTHING, publishes: QUEUES, consumes: [dispatchNoticeRaised], collects: QUEUES },
  autoscaler: { ...NOTHING, measures: [conversationReady] },
} as const satisfies Readonly<Record<string, BrokerRole>>

export type RoleName = keyof typeof ROLES

/** Whatever a role has to do with. */
export function contractsOf(name: RoleName): QueueContract[] {
  const { publishes, consumes, collects }: BrokerRole = ROLES[name]
  return [...new Set([...publishes, ...consumes, ...collects])]
}
