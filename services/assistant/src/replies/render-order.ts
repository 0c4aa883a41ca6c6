import { type OutboundMessage, textMessage } from '@waybill/whatsapp'
import { isClosed, isConfirmed, statusName } from '../orders/order-status.ts'
import type { Order } from '../orders/order-system.ts'
import type { ToolContext } from '../tools/tool.ts'
import { type Button, NO_ORDER, orderRefOf, withButtons } from './buttons.ts'
import { clockTime } from './local-time.ts'
import { paragraphs } from './render-orders.ts'

// A message with buttons holds 1,024 characters; what is longer goes ahead of it as text.
const BODY_LENGTH_MAX = 1_000
const CUSTOMER_PHONE = 'customer-phone'

type Voice = Pick<ToolContext, 'say' | 'language' | 'driver' | 'today' | 'session'> & {
  /** Only what is driven today can be confirmed. */
  isOfToday?: boolean
}

/** Everything that the driver may know about an order, and what can be done with it. */
export function renderOrder(order: Order, voice: Voice, preface?: string): OutboundMessage[] {
  const { say, session, today } = voice
  const buttons: Button[] = [{ action: 'next', target: NO_ORDER, title: say.buttons.nextStop }]
  if (voice.isOfToday !== false && !isClosed(order) && !isConfirmed(order, session.confirmed)) {
    buttons.unshift({ action: 'confirm', target: order.id, title: say.buttons.confirmOrder })
  }
  const details = paragraphs(preface, detailsOf(order, voice))
  if (details.length <= BODY_LENGTH_MAX) return [withButtons(details, today, buttons)]
  return [textMessage(details), withButtons(`${orderRefOf(order)}: ${say.order.whatNext}`, today, buttons)]
}

function detailsOf(order: Order, { say, language, driver, session }: Voice): string {
  const words = say.order
  const from = clockTime(Date.parse(order.window.start), language, driver.timeZone)
  const to = clockTime(Date.parse(order.window.end), language, driver.timeZone)
  const phone = driver.permissions.includes(CUSTOMER_PHONE) ? order.customer.phone : undefined
  return [
    `📦 ${orderRefOf(order)}`,
    `👤 ${words.customer}: ${order.customer.name}`,
    phone && `📞 ${words.phone}: ${phone}`,
    `📍 ${words.address}: ${order.address.line}`,
    `🕑 ${words.window}: ${from} - ${to}`,
    `📋 ${words.status}: ${statusName(order, say, session.confirmed)}`,
    order.items.length > 0 &&
      `🧾 ${words.items}:\n${order.items.map(({ name, quantity }) => `   • ${quantity} × ${name}`).join('\n')}`,
    order.instructions && `ℹ️ ${words.instructions}: ${order.instructions}`,
    order.notes && `📝 ${words.notes}: ${order.notes}`,
    `🗺️ ${words.map}: ${mapLink(order)}`,
  ]
    .filter((line) => typeof line === 'string' && line !== '')
    .join('\n')
}

/** Of the order system where its host is allowed (`withTrustedLinks`), else made here from the coordinates. */
function mapLink({ address }: Order): string {
  const { lat, lng, line, map_url } = address
  if (map_url !== undefined) return map_url
  const query = lat !== undefined && lng !== undefined ? `${lat},${lng}` : line
  return `https://www.google.com/maps/search/?${new URLSearchParams({ api: '1', query }).toString()}`
}
