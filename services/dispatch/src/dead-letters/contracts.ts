import {
  broadcastReady,
  checkInDue,
  conversationReady,
  dispatchNoticeRaised,
  orderCommandsReady,
  orderEventReceived,
  orderEventsDue,
  outboundReady,
  type QueueContract,
  turnStarted,
  webhookReceived,
} from '@waybill/contracts'

/** Every queue: beside each there is one for its dead letters. */
export const ALL_QUEUES: readonly QueueContract[] = [
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
