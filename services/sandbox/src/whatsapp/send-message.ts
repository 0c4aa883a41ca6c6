import type { Chats } from './chats.ts'
import { GraphError } from './graph-error.ts'
import type { RateLimiter } from './limit-rates.ts'
import { type OutboundRequest, parseOutbound, parseRead } from './outbound-schema.ts'
import type { People, Person } from './people.ts'
import { readableText } from './readable-text.ts'
import type { Receipts } from './send-receipts.ts'
import type { Templates } from './templates.ts'
import { createWamid } from './wamid.ts'

// The typing indicator goes by itself.
const TYPING_MS = 25_000

type Deps = {
  people: People
  chats: Chats
  limiter: RateLimiter
  templates: Templates
  receipts: Receipts
  now: () => number
}

/** What POST /messages does with a message that the business sends. Throws GraphError. */
export function sendMessage(deps: Deps, body: unknown) {
  const { chats, limiter, templates, receipts } = deps
  const request = parseOutbound(body)
  const person = recipientOf(deps.people, request)
  const templateText = request.type === 'template' ? templates.render(request.template) : undefined
  limiter.take(person.phone)
  if (request.type !== 'template') assertWindowOpen(deps, person)

  const wamid = createWamid(person.waId, 'outbound')
  const message = chats.add({
    phone: person.phone,
    wamid,
    direction: 'outbound',
    type: request.type,
    text: templateText ?? readableText(request),
    content: { [request.type]: request[request.type] },
    context: request.context && { id: request.context.message_id },
    callbackData: request.biz_opaque_callback_data,
  })
  receipts.schedule(message, person)
  return {
    messaging_product: 'whatsapp',
    contacts: [
      request.to === undefined
        ? { input: person.userId, user_id: person.userId }
        : { input: request.to, wa_id: person.waId },
    ],
    messages: [{ id: wamid, ...(request.type === 'template' ? { message_status: 'accepted' } : {}) }],
  }
}

/** Marks a driver's message as read, with all before it, and may show that an answer is being written. */
export function markRead({ chats }: Pick<Deps, 'chats'>, body: unknown) {
  const request = parseRead(body)
  const message = chats.find(request.message_id)
  if (message?.direction !== 'inbound') {
    throw new GraphError(100, `Message ${request.message_id} is not one that somebody sent to this number.`)
  }
  for (const earlier of chats.list(message.phone, undefined)) {
    if (earlier.direction === 'inbound' && earlier.cursor <= message.cursor) chats.advance(earlier, 'read')
  }
  if (request.typing_indicator) chats.showTyping(message.phone, TYPING_MS)
  return { success: true }
}

function recipientOf(people: People, { to, recipient }: OutboundRequest): Person {
  if (recipient !== undefined) {
    const person = people.findByUserId(recipient)
    if (!person) throw new GraphError(131026, 'Message Undeliverable. No such user id.')
    return person
  }
  const person = people.findByPhone(to ?? '')
  if (!person) throw new GraphError(131009, 'Recipient phone number is not a valid phone number.')
  return person
}

function assertWindowOpen({ chats, limiter, now }: Deps, { phone }: Person) {
  const lastInboundAt = chats.lastInboundAt(phone)
  if (lastInboundAt === undefined || now() - lastInboundAt > limiter.limits.serviceWindowMs) {
    throw new GraphError(
      131047,
      'Message failed to send because more than 24 hours have passed since the customer last replied to this number.',
    )
  }
}
