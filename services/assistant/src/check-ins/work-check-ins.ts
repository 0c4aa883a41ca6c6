import { randomUUID } from 'node:crypto'
import { broadcastReady, type checkInDue, dispatchNoticeRaised } from '@waybill/contracts'
import {
  askCheckIn,
  type CheckIn,
  type CheckInStep,
  endCheckIn,
  isTakenOver,
  type NewNotice,
  type Pool,
  readCheckIn,
} from '@waybill/database'
import type { Delivery, Messaging } from '@waybill/messaging'
import type { Logger } from 'pino'
import type { Metrics } from '../metrics.ts'
import type { OrderBook } from '../orders/order-book.ts'
import { isClosed } from '../orders/order-status.ts'
import { parseSession, type Session, sessionAt } from '../session/session.ts'
import { recentWith } from '../turns/answer-message.ts'
import { publishHint } from '../turns/publish-hint.ts'
import { checkInTemplates, renderCheckIn } from './render-check-in.ts'

type Deps = {
  pool: Pool
  messaging: Pick<Messaging, 'publish'>
  openBook: (driverId: string) => OrderBook
  metrics: Metrics
  log: Logger
  phoneNumberId: string
  /** How long a question waits for its answer before it is asked again, and then before dispatch hears of it. */
  againMs: number
  now: () => number
}
type Handler = (delivery: Pick<Delivery<typeof checkInDue>, 'payload'>) => Promise<void>

const ANSWER_EXPECTED_MS = 5 * 60_000

/** Takes the step that a check-in is at. Never throws: what could not be done is hinted at again in some seconds. */
export function workCheckIns(deps: Deps): Handler {
  const { pool, metrics, log, phoneNumberId, againMs, now } = deps

  return async ({ payload: checkIn }) => {
    try {
      const found = await readCheckIn(pool, checkIn, { phoneNumberId })
      if (!found) return
      const outcome = await take(found, checkIn)
      metrics.checkIns.inc({ step: found.step, outcome })
    } catch (error) {
      metrics.infrastructureErrors.inc({ step: 'check-in' })
      log.warn({ err: error, ...checkIn }, 'a check-in was given back')
    }
  }

  async function take(found: CheckInStep, checkIn: CheckIn): Promise<string> {
    const { step, driver, conversation, hasOptedOut } = found
    if (hasOptedOut) return end(checkIn, 'skipped')
    if (step === 'expire') return end(checkIn, 'unanswered')
    if (step === 'raise') return end(checkIn, 'unanswered', unanswered(checkIn))
    const day = await deps.openBook(driver.id).on(checkIn.date)
    const [first, ...others] = (day?.isFresh ? day.orders : []).filter((order) => !isClosed(order))
    if (day?.isFresh && !first) return end(checkIn, 'skipped')
    if (step === 'miss') return end(checkIn, 'unanswered', missed(checkIn, 'It was too late to ask.'))
    if (!conversation || driver.status !== 'active')
      return end(checkIn, 'unanswered', missed(checkIn, 'There is nobody on WhatsApp to ask.'))
    // Nobody is asked to take a route of which only old news is known. Dispatch hears of it when it gets too late.
    if (!first) return 'orders-unreachable'

    const session = sessionAt(now(), parseSession(conversation.session))
    if (isInConversation(session) || (await isTakenOver(pool, conversation.id))) return 'in-conversation'
    const language = session.language ?? driver.language ?? 'en'
    const asked = {
      ...{ notes: day?.notes, weather: day?.weather, orders: [first, ...others] as const },
      ...{ driver, language, date: checkIn.date },
    } as const
    const state = await askCheckIn(pool, {
      ...checkIn,
      ...{ step, phoneNumberId, conversation, againMs },
      ...questioning(session, checkIn),
      message: renderCheckIn(asked, step),
      templates: checkInTemplates(asked),
    })
    if (state === 'asked') await publishHint(deps, broadcastReady, { conversationId: conversation.id })
    return state
  }

  /** Somebody who is just being asked something else would answer that one: "yes" must not mean the route then. */
  function isInConversation({ pendingQuestion, at }: Session): boolean {
    const isOpen = pendingQuestion !== null && pendingQuestion.kind !== 'check-in'
    return isOpen && now() - at < ANSWER_EXPECTED_MS
  }

  /** A turn of its own: what the assistant asked is the session's open question from here. */
  function questioning(session: Session, { date }: CheckIn): { turnId: string; session: Session } {
    const turnId = randomUUID()
    return {
      turnId,
      session: {
        ...session,
        ...{ turnId, at: now() },
        pendingQuestion: { kind: 'check-in', date, askedAt: now() },
        recent: recentWith('(nothing)', 'asked whether the route of today is accepted', session),
      },
    }
  }

  async function end(checkIn: CheckIn, state: 'skipped' | 'unanswered', notice?: NewNotice): Promise<string> {
    const isEnded = await endCheckIn(pool, checkIn, { state, notices: notice ? [notice] : [] })
    if (isEnded && notice) await publishHint(deps, dispatchNoticeRaised, { noticeId: notice.id })
    return isEnded ? state : 'over'
  }
}

function unanswered({ date }: CheckIn): NewNotice {
  const text = `Has not answered whether the route of ${date} is accepted.`
  return { id: randomUUID(), kind: 'check-in-unanswered', priority: 'high', text }
}

function missed({ date }: CheckIn, why: string): NewNotice {
  const text = `Was not asked whether the route of ${date} is accepted. ${why}`
  return { id: randomUUID(), kind: 'check-in-missed', priority: 'high', text }
}
