export { defineQueue, EXCHANGE, type Payload, type QueueContract, type RetryPolicy } from './define-queue.ts'
export {
  broadcastReady,
  checkInDue,
  conversationReady,
  dispatchNoticeRaised,
  orderCommandsReady,
  outboundReady,
  turnStarted,
} from './hints.ts'
export { type OrderEvent, orderEventReceived, orderEventSchema, orderEventsDue } from './order-events.ts'
export { type BrokerRole, contractsOf, QUEUES, ROLES, type RoleName } from './roles.ts'
export { type WebhookHeaders, webhookHeadersSchema, webhookReceived } from './webhook-received.ts'
