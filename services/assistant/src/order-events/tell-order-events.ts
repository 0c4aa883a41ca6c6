import { randomUUID } from 'node:crypto'
import { broadcastReady, type OrderEvent, orderEventSchema, type orderEventsDue } from '@waybill/contracts'
import {
  dropOrderEvents,
  isTakenOver,
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
import { publishHint } from '../turns/publish-hint.ts'
import { type Days, renderOrderEvents, type Told } from './render-order-events.ts'

type Deps = {
  pool: Pool
  messaging: Pick<Messaging, 'publish'>
  openBook: (driverId: string) => OrderBook
  metrics: Metrics
  log: Logger
  phoneNumberId: string
  now: () => number
}

const RECENT_MAX = 6
const ANSWER_EXPECTED_MS = 5 * 60_000
/** How long the order system may be away until a change is told without details. */
const DETAILS_AWAITED_MS = { normal: 10 * 60_000, urgent: 60_000 } as const

/** Tells a driver what has happened. Never throws: what could not be told is hinted at again in some seconds. */
export function tellDriver(deps: Deps) {
  const { pool, metrics, log, phoneNumberId, now } = deps

  return async ({
    payload: { driverId },
  }: Pick<Delivery<typeof orderEventsDue>, 'payload'>): Promise<void> => {
    try {
      const waiting = await readOrderEvents(pool, driverId, { phoneNumberId })
      if (waiting) metrics.orderEvents.inc({ outcome: await tell(driverId, waiting) })
    } catch (error) {
      metrics.infrastructureErrors.inc({ step: 'order-events' })
      log.warn({ err: error, driverId }, 'order events were given back')
    }
  }

  async function tell(driverId: string, { events: rows, dueForMs, driver, conversation }: WaitingEvents) {
    const events = rows.flatMap((row) => orderEventSchema.safeParse(row).data ?? [])
    const eventIds = events.map(({ id }) => id)
    const drop = async (reason: string) => {
      await dropOrderEvents(pool, { driverId, eventIds, reason })
      return 'moot'
    }
    if (driver.status !== 'active') return drop(`the driver is ${driver.status}`)
    if (!conversation) return drop('there is nobody on WhatsApp to tell')
    const isUrgent = events.some(({ priority }) => priority === 'urgent')
    const session = sessionAt(now(), parseSession(conversation.session))
    if (!isUrgent && (isInConversation(session) || (await isTakenOver(pool, conversation.id))))
      return 'in-conversation'

    const language = session.language ?? driver.language ?? 'en'
    const today = localDate(now(), driver.timeZone)
    const days = await read(driverId, events, today)
    const isAwaited = dueForMs < DETAILS_AWAITED_MS[isUrgent ? 'urgent' : 'normal']
    if (!(days.today && days.tomorrow) && isAwaited) return 'orders-unreachable'
    const told = renderOrderEvents(events, days, {
      say: REPLIES[language],
      language,
      driver,
      today,
      now: now(),
    })
    if (!told) return drop('not among the driver’s orders, or over')

    const turnId = randomUUID()
    const state = await tellOrderEvents(pool, {
      ...{ driverId, eventIds, phoneNumberId, conversation, turnId },
      ...{ session: sessionAfter(session, told, { turnId, today }) },
      ...{ message: told.message, templates: told.templates },
    })
    if (state === 'told') await publishHint(deps, broadcastReady, { conversationId: conversation.id })
    return state
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
    { focus }: Told,
    { turnId, today }: { turnId: string; today: string },
  ) {
    const exchange = { driver: '(nothing)', assistant: 'told of changes to the orders' }
    return {
      ...session,
      ...{ turnId, at: now() },
      ...(focus ? { focus: { orderId: focus.id, date: today } } : {}),
      // A "yes" after this could be about anything; the question of the morning stays one.
      pendingQuestion: session.pendingQuestion?.kind === 'check-in' ? session.pendingQuestion : null,
      recent: [...session.recent, exchange].slice(-RECENT_MAX),
    }
  }
}
