import { randomUUID } from 'node:crypto'
import {
  broadcastReady,
  dispatchNoticeRaised,
  type OrderEvent,
  orderEventReceived,
  orderEventSchema,
  type orderEventsDue,
} from '@waybill/contracts'
import {
  dropOrderEvents,
  type EventTiming,
  isTakenOver,
  type NewNotice,
  type Pool,
  readOrderEvents,
  tellOrderEvents,
  type WaitingEvents,
} from '@waybill/database'
import type { Delivery, Messaging } from '@waybill/messaging'
import type { Logger } from 'pino'
import type { Metrics } from '../metrics.ts'
import type { OrderBook } from '../orders/order-book.ts'
import { addDays, localDate } from '../replies/local-time.ts'
import { REPLIES } from '../replies/replies.ts'
import { parseSession, type Session, sessionAt } from '../session/session.ts'
import { recentWith } from '../turns/answer-message.ts'
import { publishHint } from '../turns/publish-hint.ts'
import {
  type Days,
  isContradicted,
  renderOrderEvents,
  strangeOrders,
  type Told,
} from './render-order-events.ts'

type Deps = {
  pool: Pool
  messaging: Pick<Messaging, 'publish' | 'deadLetter'>
  timing: EventTiming
  openBook: (driverId: string) => OrderBook
  metrics: Metrics
  log: Logger
  phoneNumberId: string
  now: () => number
}

const ANSWER_EXPECTED_MS = 5 * 60_000
/** How long the order system may be away until a change is told without details. */
const DETAILS_AWAITED_MS = { normal: 10 * 60_000, urgent: 60_000 } as const

/** Tells a driver what has happened. Never throws: what could not be told is hinted at again in some seconds. */
export function tellDriver(deps: Deps) {
  const { pool, messaging, metrics, log, phoneNumberId, timing, now } = deps

  return async ({
    payload: { driverId },
  }: Pick<Delivery<typeof orderEventsDue>, 'payload'>): Promise<void> => {
    try {
      const waiting = await readOrderEvents(pool, driverId, { phoneNumberId, ...timing })
      if (waiting) metrics.orderEvents.inc({ outcome: await tell(driverId, waiting) })
    } catch (error) {
      metrics.infrastructureErrors.inc({ step: 'order-events' })
      log.warn({ err: error, driverId }, 'order events were given back')
    }
  }

  async function tell(driverId: string, waiting: WaitingEvents) {
    const { events: rows, dueForMs, driver, conversation, hasOptedOut } = waiting
    const events = rows.flatMap((row) => orderEventSchema.safeParse(row).data ?? [])
    const isUrgent = events.some(({ priority }) => priority === 'urgent')
    if (driver.status !== 'active') return setAside(driverId, events, `the driver is ${driver.status}`)
    if (hasOptedOut) return leaveUntold(driverId, events, isUrgent)
    if (!conversation) {
      const priority = isUrgent ? 'high' : 'normal'
      const text = 'Could not be told of changes to the orders: there is nobody on WhatsApp to tell.'
      const notice: NewNotice = { id: randomUUID(), kind: 'unreachable', priority, text }
      return setAside(driverId, events, 'there is nobody on WhatsApp to tell', [notice])
    }
    const session = sessionAt(now(), parseSession(conversation.session))
    if (!isUrgent && (isInConversation(session) || (await isTakenOver(pool, conversation.id))))
      return 'in-conversation'

    const language = session.language ?? driver.language ?? 'en'
    const today = localDate(now(), driver.timeZone)
    const days = await read(driverId, events, today)
    const isAwaited = dueForMs < DETAILS_AWAITED_MS[isUrgent ? 'urgent' : 'normal']
    if (!(days.today && days.tomorrow) && isAwaited) return 'orders-unreachable'
    if (isContradicted(events, days) && isAwaited) return 'orders-behind'
    const strange = strangeOrders(events, days)
    const [foreign, own] = partition(events, (it) => 'order_id' in it && strange.includes(it.order_id))
    if (foreign.length > 0)
      await setAside(driverId, foreign, 'the driver has no such order today or tomorrow')
    if (own.length === 0) return 'set-aside'

    const eventIds = own.map(({ id }) => id)
    const told = renderOrderEvents(own, days, { say: REPLIES[language], language, driver, today, now: now() })
    if (!told) {
      await dropOrderEvents(pool, driverId, { eventIds, reason: 'over by now', notices: [] })
      return 'moot'
    }

    const turnId = randomUUID()
    const state = await tellOrderEvents(pool, {
      ...{ driverId, eventIds, phoneNumberId, conversation, turnId },
      ...{ session: sessionAfter(session, told, { turnId, today }) },
      ...{ message: told.message, templates: told.templates },
    })
    if (state === 'told') await publishHint(deps, broadcastReady, { conversationId: conversation.id })
    return state
  }

  /** The driver wants no news. Dispatch knows, and hears of what can't wait. */
  async function leaveUntold(
    driverId: string,
    events: readonly OrderEvent[],
    isUrgent: boolean,
  ): Promise<string> {
    const text = 'Could not be told of urgent news about the orders: has opted out. Please call.'
    const notices: NewNotice[] = isUrgent
      ? [{ id: randomUUID(), kind: 'unreachable', priority: 'high', text }]
      : []
    const eventIds = events.map(({ id }) => id)
    await dropOrderEvents(pool, driverId, { eventIds, reason: 'the driver has opted out', notices })
    for (const { id } of notices) await publishHint(deps, dispatchNoticeRaised, { noticeId: id })
    return 'opted-out'
  }

  /** For a person to look at: a crash in between leaves two dead letters and never none. */
  async function setAside(
    driverId: string,
    events: readonly OrderEvent[],
    reason: string,
    notices: readonly NewNotice[] = [],
  ): Promise<string> {
    for (const event of events) {
      const letter = Buffer.from(JSON.stringify(event))
      await messaging.deadLetter(orderEventReceived, letter, reason, { messageId: event.id })
    }
    await dropOrderEvents(pool, driverId, { eventIds: events.map(({ id }) => id), reason, notices })
    for (const { id } of notices) await publishHint(deps, dispatchNoticeRaised, { noticeId: id })
    return 'set-aside'
  }

  /** As the order system has them now. A weather alert needs none of them. */
  async function read(driverId: string, events: readonly OrderEvent[], today: string): Promise<Days> {
    if (events.every(({ type }) => type === 'alert')) return { today: [], tomorrow: [] }
    const book = deps.openBook(driverId)
    const [first, second] = await Promise.all([book.on(today), book.on(addDays(today, 1))])
    return {
      today: first?.isFresh ? first.orders : undefined,
      tomorrow: second?.isFresh ? second.orders : undefined,
    }
  }

  /** Somebody who is just being asked something answers that first. */
  function isInConversation({ pendingQuestion, at }: Session): boolean {
    return pendingQuestion !== null && now() - at < ANSWER_EXPECTED_MS
  }

  function sessionAfter(
    session: Session,
    { focus, listed }: Told,
    { turnId, today }: { turnId: string; today: string },
  ) {
    return {
      ...session,
      ...{ turnId, at: now() },
      ...(focus ? { focus: { orderId: focus.id, date: today } } : {}),
      ...(listed.length > 0
        ? { lastList: { orderIds: listed.map(({ id }) => id), date: today, at: now() }, focus: null }
        : {}),
      // A "yes" after this could be about anything; the question of the morning stays one.
      pendingQuestion: session.pendingQuestion?.kind === 'check-in' ? session.pendingQuestion : null,
      recent: recentWith('(nothing)', 'told of changes to the orders', session),
    }
  }
}

function partition<T>(all: readonly T[], isFirst: (it: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((it) => !isFirst(it))]
}
