import { listMessage, type OutboundMessage, textMessage } from '@waybill/whatsapp'
import type { DayOfOrders } from '../orders/order-book.ts'
import { isArrived, isClosed } from '../orders/order-status.ts'
import type { Order } from '../orders/order-system.ts'
import type { ToolContext } from '../tools/tool.ts'
import { orderRefOf, tapId } from './buttons.ts'
import { clockTime, duration } from './local-time.ts'

export type Voice = Pick<ToolContext, 'say' | 'language' | 'driver' | 'today' | 'now'>

const IN_TEXT_MAX = 3
const ROWS_MAX = 10
const PAGE_SIZE = ROWS_MAX - 1
const LINES_MAX = 30

/** Three orders are read at a glance, more of them are picked from a list. */
export function renderOrders(orders: readonly Order[], voice: Voice, preface?: string): OutboundMessage {
  const { say, driver } = voice
  const title = say.orders.title({ count: orders.length, name: firstName(driver.name) })
  if (orders.length <= IN_TEXT_MAX) {
    return textMessage(
      paragraphs(preface, title, linesOf(orders, voice), say.orders.choose({ count: orders.length })),
    )
  }
  const body = paragraphs(preface, title, say.orders.chooseFromList({ count: orders.length }))
  return pageOf(orders, voice, { offset: 0, body })
}

type Day = 'today' | 'tomorrow'

export function renderPage(
  orders: readonly Order[],
  voice: Voice,
  offset: number,
  day: Day = 'today',
): OutboundMessage {
  const from = Math.min(Math.max(0, offset), Math.max(0, orders.length - 1))
  const to = from + pageLength(orders.length, from)
  const body = voice.say.orders.page({ from: from + 1, to, count: orders.length })
  return pageOf(orders, voice, { offset: from, body, day })
}

export function renderTomorrow(orders: readonly Order[], voice: Voice, preface?: string): OutboundMessage {
  const title = voice.say.orders.titleTomorrow({ count: orders.length, name: firstName(voice.driver.name) })
  return shortOrList(orders, voice, { head: paragraphs(preface, title), day: 'tomorrow' })
}

type Part = { all: readonly Order[]; preface: string | undefined }

export function renderLeft(orders: readonly Order[], voice: Voice, { all, preface }: Part): OutboundMessage {
  const name = firstName(voice.driver.name)
  const { stops } = voice.say
  if (orders.length === 0) return textMessage(paragraphs(preface, stops.noneLeft({ all: all.length, name })))
  const head = paragraphs(preface, stops.left({ count: orders.length, all: all.length, name }))
  return shortOrList(orders, voice, { head, day: 'today' })
}

/** Those that are late or about to be; without any, the next window that ends. */
export function renderLate(orders: readonly Order[], voice: Voice, { all, preface }: Part): OutboundMessage {
  const { say, language, driver, now } = voice
  const name = firstName(driver.name)
  const untilOf = (order: Order) => clockTime(Date.parse(order.window.end), language, driver.timeZone)
  if (orders.length === 0) {
    const [next] = all
      .filter((order) => !isClosed(order) && !isArrived(order))
      .sort((a, b) => Date.parse(a.window.end) - Date.parse(b.window.end))
    const ends = next && say.stops.nextWindowEnds({ ref: orderRefOf(next), until: untilOf(next) })
    return textMessage(paragraphs(preface, say.stops.noneLate({ name }), ends))
  }
  const lines = orders.slice(0, LINES_MAX).map((order, index) => {
    const leftMs = Date.parse(order.window.end) - now
    const [until, span] = [untilOf(order), duration(Math.abs(leftMs), language)]
    const how = leftMs < 0 ? say.stops.over({ until, by: span }) : say.stops.soonOver({ until, in: span })
    return `${index + 1}. ${headlineOf(order, voice)}\n   ${how}\n   📍 ${order.address.line}`
  })
  const count = orders.length
  return textMessage(
    paragraphs(preface, say.stops.late({ count, name }), lines.join('\n\n'), say.stops.choose({ count })),
  )
}

function shortOrList(
  orders: readonly Order[],
  voice: Voice,
  { head, day }: { head: string; day: Day },
): OutboundMessage {
  const { say } = voice
  const count = orders.length
  return count <= IN_TEXT_MAX
    ? textMessage(paragraphs(head, linesOf(orders, voice), say.stops.choose({ count })))
    : pageOf(orders, voice, { offset: 0, body: paragraphs(head, say.orders.chooseFromList({ count })), day })
}

/** Numbered lines with the address below each. */
export function linesOf(
  orders: readonly Order[],
  voice: Voice,
  heading: string = voice.say.orders.heading,
): string {
  const lines = orders.slice(0, LINES_MAX).map((order, index) => {
    return `${index + 1}. ${headlineOf(order, voice)}\n   📍 ${order.address.line}`
  })
  return `${heading}\n${lines.join('\n\n')}`
}

/** `#12345 - Tech Corp Inc (12:00 PM)` */
export function headlineOf(order: Order, { language, driver }: Voice): string {
  const time = clockTime(Date.parse(order.window.start), language, driver.timeZone)
  return `${orderRefOf(order)} - ${order.customer.name} (${time})`
}

/** Says how old orders are that the order system could not be asked for now. */
export function ageOf(
  day: DayOfOrders & { isFresh: boolean },
  { say, language, now }: Voice,
): string | undefined {
  return day.isFresh ? undefined : say.orders.lastKnown({ age: duration(now - day.at, language) })
}

export function paragraphs(...parts: (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join('\n\n')
}

export function firstName(name: string): string {
  return name.trim().split(/\s+/)[0] ?? name
}

function pageLength(count: number, offset: number): number {
  const left = count - offset
  return left <= ROWS_MAX ? left : PAGE_SIZE
}

function pageOf(
  orders: readonly Order[],
  voice: Voice,
  { offset, body, day = 'today' }: { offset: number; body: string; day?: Day },
): OutboundMessage {
  const { say, today } = voice
  const end = offset + pageLength(orders.length, offset)
  const rows = orders.slice(offset, end).map((order, index) => rowOf(order, offset + index + 1, voice))
  if (end < orders.length) {
    const nextEnd = end + pageLength(orders.length, end)
    rows.push({
      id: tapId({ action: 'page', target: day === 'tomorrow' ? `t${end}` : String(end), date: today }),
      title: say.orders.nextPage,
      description: say.orders.nextPageHint({ from: end + 1, to: nextEnd }),
    })
  }
  return listMessage({
    body,
    button: say.orders.listButton,
    sections: [{ title: say.orders.listSection, rows }],
  })
}

function rowOf(order: Order, place: number, { language, driver, today }: Voice) {
  const time = clockTime(Date.parse(order.window.start), language, driver.timeZone)
  return {
    id: tapId({ action: 'details', target: order.id, date: today }),
    title: `${place}. ${orderRefOf(order)} ${order.customer.name}`,
    description: `${time} · ${order.address.line}`,
  }
}
