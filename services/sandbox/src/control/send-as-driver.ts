import type { Person } from '../whatsapp/people.ts'
import { readableText } from '../whatsapp/readable-text.ts'
import { createWamid } from '../whatsapp/wamid.ts'
import { contactOf, webhookBytes } from '../whatsapp/webhook-body.ts'
import type { World } from '../world.ts'
import { contentOf, contextOf, type InboundRequest } from './inbound-message.ts'

// What Meta puts into one webhook at most.
const UPDATES_PER_WEBHOOK_MAX = 1_000

/**
 * Shows the messages on the driver's phone and posts their webhooks. Returns at once, with their ids; with the webhooks
 * too when they are not to be delivered.
 */
export function sendAsDriver(
  world: World,
  person: Person,
  request: InboundRequest,
): { wamids: string[]; webhooks?: string[] } {
  const { chats, delivery } = world.whatsapp
  const { business } = world.options
  const context = contextOf(request, chats.list(person.phone, undefined))
  const content = contentOf(request, world.whatsapp)
  const timestamp = String(request.timestamp ?? Math.floor(world.now() / 1_000))
  const contacts = [contactOf(person, request.userIdOnly)]

  const messages = Array.from({ length: request.count }, () => {
    const wamid = createWamid(person.waId, 'inbound')
    chats.add({
      phone: person.phone,
      wamid,
      direction: 'inbound',
      type: request.type,
      text: readableText({ type: request.type, ...content }),
      content,
      context,
      callbackData: undefined,
    })
    return {
      ...(context === undefined ? {} : { context: { from: business.displayPhoneNumber, id: context.id } }),
      ...(request.userIdOnly ? {} : { from: person.waId }),
      from_user_id: person.userId,
      id: wamid,
      timestamp,
      type: request.type,
      ...content,
    }
  })

  const wamids = messages.map(({ id }) => id)
  const perWebhook = request.batch ? UPDATES_PER_WEBHOOK_MAX : 1
  const webhooks: string[] = []
  for (let start = 0; start < messages.length; start += perWebhook) {
    const part = messages.slice(start, start + perWebhook)
    const body = webhookBytes(business, { contacts, messages: part })
    if (request.deliver)
      delivery.deliver(body, { copies: request.duplicate, onAcked: () => markDelivered(part) })
    else webhooks.push(body.toString('latin1'))
  }
  return request.deliver ? { wamids } : { wamids, webhooks }

  // The driver's second tick: the business has it.
  function markDelivered(part: readonly { id: string }[]) {
    for (const { id } of part) {
      const message = chats.find(id)
      if (message) chats.advance(message, 'delivered')
    }
  }
}
