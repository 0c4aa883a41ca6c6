import type { OrderEvent } from '@waybill/contracts'
import type { OutboundMessage } from '@waybill/whatsapp'
import { isClosed } from '../orders/order-status.ts'
import type { Order } from '../orders/order-system.ts'
import { type Button, NO_ORDER, orderRefOf, tapId, withButtons } from '../replies/buttons.ts'
import { clockTime } from '../replies/local-time.ts'
import { firstName, headlineOf, linesOf, paragraphs, type Voice } from '../replies/render-orders.ts'
import { REPLIES } from '../replies/replies.ts'
import { templatesFor } from '../replies/templates.ts'

/** Orders as they are now; without one of the days, and its events are told without details. */
export type Days = { today: readonly Order[] | undefined; tomorrow: readonly Order[] | undefined }
export type Told = {
  message: OutboundMessage
  /** The same for outside the 24-hour window. */
  templates: OutboundMessage[]
  /** The only order that is spoken of, if it is one of today. */
  focus: Order | undefined
  /** Numbered stops: what "2" means from here. */
  listed: readonly Order[]
}

/** Approved with one quick reply that shows the orders. */
const TEMPLATE = 'route_update'
const LINES_MAX = 6
const STOPS_SHOWN_MAX = 3
const SUMMARY_LENGTH_MAX = 400

/** One message for all that has happened. `undefined`: nothing of it matters any more. */
export function renderOrderEvents(events: readonly OrderEvent[], days: Days, voice: Voice): Told | undefined {
  const lines = linesFor(events, days, voice)
  if (lines.length === 0) return undefined
  const { say, today, driver } = voice
  const shown = lines.slice(0, LINES_MAX)
  const rest = lines.length - shown.length
  const body = paragraphs(
    say.events.title({ name: firstName(driver.name) }),
    ...shown.map(({ text }) => text),
    rest > 0 ? say.events.more({ count: rest }) : undefined,
  )
  const [only, ...others] = lines.flatMap(({ order }) => order ?? [])
  const focus = others.length === 0 && days.today?.some(({ id }) => id === only?.id) ? only : undefined
  return {
    message: withButtons(body, today, buttonsFor(focus, voice)),
    templates: templatesFor(TEMPLATE, voice.language, (language) => ({
      parameters: [
        firstName(driver.name),
        summaryOf(events, days, { ...voice, language, say: REPLIES[language] }),
      ],
      payloads: [tapId({ action: 'orders', target: NO_ORDER, date: today })],
    })),
    focus,
    listed: lines.flatMap(({ stops }) => stops ?? []),
  }
}

/** Orders of which an event speaks and that the driver has neither today nor tomorrow: somebody else's, or gone. */
export function strangeOrders(events: readonly OrderEvent[], { today, tomorrow }: Days): string[] {
  if (!today || !tomorrow) return []
  const known = new Set([...today, ...tomorrow].map(({ id }) => id))
  const strange = lastWords(events).filter(({ kind, orderId }) => kind !== 'cancelled' && !known.has(orderId))
  return strange.map(({ orderId }) => orderId)
}

/** An order is said to be cancelled that the order system still has: one of the two is not up to date. */
export function isContradicted(events: readonly OrderEvent[], { today, tomorrow }: Days): boolean {
  const open = [...(today ?? []), ...(tomorrow ?? [])].filter((order) => !isClosed(order))
  return lastWords(events).some(
    ({ kind, orderId }) => kind === 'cancelled' && open.some(({ id }) => id === orderId),
  )
}

function buttonsFor(focus: Order | undefined, { say }: Voice): Button[] {
  const orders = { action: 'orders', target: NO_ORDER, title: say.buttons.orders } as const
  const next = { action: 'next', target: NO_ORDER, title: say.buttons.nextStop } as const
  return focus ? [{ action: 'details', target: focus.id, title: orderRefOf(focus) }, orders] : [orders, next]
}

type Line = { text: string; order?: Order | undefined; stops?: readonly Order[] }

function linesFor(events: readonly OrderEvent[], days: Days, voice: Voice): Line[] {
  const { say } = voice
  const ofRoute = events.some(({ type }) => type === 'route.changed') ? routeLines(days, voice) : []
  const alerts = events.flatMap((event): Line[] =>
    event.type === 'alert' ? [{ text: say.events.alert({ text: wordsOf(event, voice) }) }] : [],
  )
  return [...alerts, ...lastWords(events).flatMap((event) => orderLines(event, days, voice)), ...ofRoute]
}

type Change = { kind: 'created' | 'cancelled' | 'changed'; orderId: string }

/** What is left of all events about an order: new and gone again is nothing, new and changed is new. */
function lastWords(events: readonly OrderEvent[]): Change[] {
  const changes = new Map<string, Change['kind'] | undefined>()
  for (const event of events) {
    if (!('order_id' in event)) continue
    const before = changes.get(event.order_id)
    if (event.type === 'order.cancelled') {
      changes.set(event.order_id, before === 'created' ? undefined : 'cancelled')
    } else if (event.type === 'order.created') {
      changes.set(event.order_id, before === 'cancelled' ? 'changed' : 'created')
    } else if (before === undefined) {
      changes.set(event.order_id, 'changed')
    }
  }
  return [...changes].flatMap(([orderId, kind]) => (kind ? [{ kind, orderId }] : []))
}

function orderLines({ kind, orderId }: Change, { today, tomorrow }: Days, voice: Voice): Line[] {
  const { say } = voice
  const isIt = ({ id }: Order) => id === orderId
  const order = today?.find(isIt) ?? tomorrow?.find(isIt)
  const ref = orderRefOf({ id: orderId })
  if (kind === 'cancelled' && (!order || isClosed(order)))
    return [{ text: say.events.cancelled({ order: order ? headlineOf(order, voice) : ref }) }]
  if (!order) return today && tomorrow ? [] : [{ text: say.events.unread({ ref }) }]
  if (isClosed(order)) return []
  const isTomorrow = today?.some(isIt) !== true
  const words = { order: headlineOf(order, voice), address: order.address.line, isTomorrow }
  const text =
    kind === 'created'
      ? say.events.created(words)
      : say.events.changed({ ...words, window: windowOf(order, voice) })
  return [{ text, order }]
}

function routeLines({ today }: Days, voice: Voice): Line[] {
  if (!today) return []
  const open = today.filter((order) => !isClosed(order))
  const stops = open.slice(0, STOPS_SHOWN_MAX)
  const title = voice.say.events.routeChanged({ count: open.length })
  return [
    {
      text: paragraphs(
        title,
        stops.length > 0 ? linesOf(stops, voice, voice.say.route.nextStops) : undefined,
      ),
      stops,
    },
  ]
}

function wordsOf({ text }: OrderEvent & { type: 'alert' }, { language }: Voice): string {
  return text[language] ?? text.en ?? Object.values(text)[0] ?? ''
}

function windowOf({ window }: Order, { language, driver }: Voice): string {
  const time = (at: string) => clockTime(Date.parse(at), language, driver.timeZone)
  return `${time(window.start)} - ${time(window.end)}`
}

function summaryOf(events: readonly OrderEvent[], days: Days, voice: Voice): string {
  const words = linesFor(events, days, voice).map(({ text }) => text.replaceAll(/\s+/g, ' '))
  const summary = words.join(' · ')
  return summary.length > SUMMARY_LENGTH_MAX
    ? `${summary.slice(0, SUMMARY_LENGTH_MAX).toWellFormed()}…`
    : summary
}
