export { buttonsMessage, fitText, listMessage, textMessage } from './build-message.ts'
export { canonicalPhone } from './canonical-phone.ts'
export { type CloudApi, createCloudApi, type Recipient } from './cloud-api.ts'
export { LIMITS, type OutboundMessage, outboundMessageSchema } from './outbound-message.ts'
export type { SendOutcome } from './send-outcome.ts'
export { isSigned, signatureOf } from './signature.ts'
export { splitWebhook, type WebhookElement } from './split-webhook.ts'
export {
  type Contact,
  type InboundMessage,
  inboundMessageSchema,
  type MessageStatus,
} from './webhook-schema.ts'
