import { randomUUID } from 'node:crypto'
import { textMessage } from '@waybill/whatsapp'
import { dayOf } from '../orders/local-view.ts'
import { isClosed } from '../orders/order-status.ts'
import type { Order } from '../orders/order-system.ts'
import { suggestSwap } from '../orders/suggest-swap.ts'
import { orderRefOf } from '../replies/buttons.ts'
import { distanceText } from '../replies/distance-text.ts'
import { ageOf, firstName, linesOf, paragraphs } from '../replies/render-orders.ts'
import { isClearAcceptance } from '../understand/route-words.ts'
import { askRoute, canBeUndone, isPastCutOff, leaveToDispatch, routeOfToday } from './route-decision.ts'
import { defineTool, type ToolContext, type ToolResult, toolArgs } from './tool.ts'

const STOPS_SHOWN_MAX = 3

export const acceptRoute = defineTool({
  name: 'accept_route',
  description:
    "Accepts the driver's whole route of today. Only for a clear statement that the driver takes the route, the day or all orders. Never for a question, a condition, a doubt, a joke, or one order.",
  args: toolArgs({}),
  permission: undefined,
  tier: 'reversible',
  async run(context) {
    const { say, driver, today, source, words, now } = context
    const route = routeOfToday(context)
    if (route?.decision === 'accepted') {
      return { replies: [textMessage(say.route.alreadyAccepted)], summary: 'the route was accepted before' }
    }
    if (context.isLate) return askRoute(context, say.route.askAgain)
    if (source !== 'fast' && !isClearAcceptance(words)) return askRoute(context, say.route.ask)
    if (route && isPastCutOff(context)) {
      const text = `Wants to take the route of ${today} after all, after the cut-off.`
      return leaveToDispatch(context, { kind: 'accepted-late', text })
    }
    const day = await dayOf(context)
    if (day?.isFresh && day.orders.length === 0) {
      const none = say.orders.none({ name: firstName(driver.name) })
      return { replies: [textMessage(none)], summary: 'no route to accept' }
    }
    const withdraws = route && canBeUndone(route, now) ? route.held : []
    const isNews = !(withdraws.length > 0 && route?.wasAccepted)
    return {
      ...summaryOf(context, day),
      summary: 'recorded that the route of today is accepted',
      withdraws,
      commands: isNews
        ? [{ id: randomUUID(), kind: 'accept-route', payload: { date: today, language: context.language } }]
        : [],
      notices:
        route && withdraws.length === 0
          ? [
              {
                id: randomUUID(),
                kind: 'accepted-after-decline',
                priority: 'high',
                text: `Takes the route of ${today} after all.`,
              },
            ]
          : [],
      checkIn: { date: today, state: 'accepted' },
    }
  },
})

/** An idea for the driver: nothing is changed by it. */
function swapOf(open: readonly Order[], { say, language, now }: ToolContext): string | undefined {
  const swap = suggestSwap(open, now)
  return (
    swap &&
    say.stops.swap({
      ...{ first: orderRefOf(swap.first), second: orderRefOf(swap.second), saved: swap.savedPercent },
      from: distanceText(swap.fromM, language),
      to: distanceText(swap.toM, language),
    })
  )
}

function summaryOf(
  context: ToolContext,
  day: Awaited<ReturnType<ToolContext['book']['on']>>,
): Pick<ToolResult, 'replies' | 'remember'> {
  const { say, driver, today, now } = context
  const open = (day?.orders ?? []).filter((order) => !isClosed(order))
  const next = open.slice(0, STOPS_SHOWN_MAX)
  const text = paragraphs(
    say.route.accepted({ name: firstName(driver.name), count: open.length }),
    day && next.length > 0 ? ageOf(day, context) : undefined,
    next.length > 0 ? linesOf(next, context, say.route.nextStops) : undefined,
    day?.isFresh ? swapOf(open, context) : undefined,
  )
  const route = { date: today, decision: 'accepted', at: now, held: [], wasAccepted: true } as const
  const orderIds = open.map(({ id }) => id).slice(0, 200)
  return {
    replies: [textMessage(text)],
    remember: {
      route: { ...route, held: [] },
      ...(next.length > 0 ? { lastList: { orderIds, date: today, at: now }, focus: null } : {}),
    },
  }
}
