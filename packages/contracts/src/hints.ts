import { z } from 'zod'
import { defineQueue } from './define-queue.ts'

// A hint says where there may be work. It is disposable: PostgreSQL holds the truth, and the scheduler
// publishes again what nobody works on. Failures are written down in the lane, so a hint is never retried.
const retry = { attemptsMax: 1, delayMsMin: 1_000, delayMsMax: 1_000 } as const

/** Inbound messages of a conversation wait for an answer. */
export const conversationReady = defineQueue({
  queue: 'assistant.conversation-ready',
  routingKey: 'conversation.ready.v1',
  schema: z.object({ conversationId: z.string().min(1) }),
  retry,
})

/** Replies of a conversation wait to be sent. */
export const outboundReady = defineQueue({
  queue: 'sender.outbound-ready',
  routingKey: 'outbound.ready.v1',
  schema: z.object({ conversationId: z.string().min(1) }),
  retry,
})

/** Messages that nobody asked for wait to be sent: behind replies, on a queue of their own. */
export const broadcastReady = defineQueue({
  queue: 'sender.broadcast-ready',
  routingKey: 'broadcast.ready.v1',
  schema: z.object({ conversationId: z.string().min(1) }),
  retry,
})

/** A driver's order commands wait to reach the order system. */
export const orderCommandsReady = defineQueue({
  queue: 'assistant.order-commands-ready',
  routingKey: 'order-commands.ready.v1',
  schema: z.object({ driverId: z.string().min(1) }),
  retry,
})

/** A turn is about to ask the model: the driver sees that the message was read and that somebody is typing. */
export const turnStarted = defineQueue({
  queue: 'sender.turn-started',
  routingKey: 'turn.started.v1',
  schema: z.object({ conversationId: z.string().min(1), wamid: z.string().min(1) }),
  retry,
})

/** A driver's check-in is due, to be reminded of, or unanswered: the row says which. */
export const checkInDue = defineQueue({
  queue: 'assistant.check-in-due',
  routingKey: 'check-in.due.v1',
  schema: z.object({ driverId: z.string().min(1), date: z.iso.date() }),
  retry,
})

/** Dispatchers have something to hear. */
export const dispatchNoticeRaised = defineQueue({
  queue: 'dispatch.notice-raised',
  routingKey: 'dispatch-notice.raised.v1',
  schema: z.object({ noticeId: z.uuid() }),
  retry,
})
