import { randomUUID } from 'node:crypto'
import { textMessage } from '@waybill/whatsapp'
import { z } from 'zod'
import { NO_ORDER, withButtons } from '../replies/buttons.ts'
import { firstName } from '../replies/render-orders.ts'
import { normalize } from '../understand/normalize.ts'
import { isClearRefusal, saysWhy } from '../understand/route-words.ts'
import { askRoute, HELD_MS, isPastCutOff, leaveToDispatch, routeOfToday } from './route-decision.ts'
import { defineTool, type ToolContext, type ToolResult, toolArgs } from './tool.ts'

const REASON_LENGTH_MAX = 1_000
const QUOTED_LENGTH_MAX = 300

export const declineRoute = defineTool({
  name: 'decline_route',
  description:
    "Declines the driver's whole route of today. Only for a clear statement that the driver can't or won't take the route or work today. Never for a question, a condition, a doubt, a joke, or one order.",
  args: toolArgs({
    reason: z
      .string()
      .max(4_096)
      .optional()
      .describe("Why, copied from the driver's own words. Leave it out when the driver does not say why."),
  }),
  permission: undefined,
  tier: 'reversible',
  async run(context, { reason: given }) {
    const { book, say, driver, today, session, source, words } = context
    const route = routeOfToday(context)
    if (route?.decision === 'declined') return askRoute(context, say.route.alreadyDeclined, ['accept'])
    if (context.isLate) return askRoute(context, say.route.askAgain)
    const wasAsked = session.pendingQuestion?.kind === 'check-in'
    if (source !== 'fast' && !isClearRefusal(words, { wasAsked })) return askRoute(context, say.route.ask)
    const day = await book.on(today)
    if (day?.isFresh && day.orders.length === 0) {
      const none = say.orders.none({ name: firstName(driver.name) })
      return { replies: [textMessage(none)], summary: 'no route to decline' }
    }
    const reason = ownWords(given, context)?.trim().slice(0, REASON_LENGTH_MAX).toWellFormed()
    if (reason === undefined) return askReason(context)
    if (isPastCutOff(context)) {
      const text = `Can't take the route of ${today}, and says so after the cut-off.`
      return leaveToDispatch(context, { kind: 'declined-late', text, reason })
    }
    return decline(context, reason, { wasAccepted: route !== undefined })
  },
})

/** The reason as the driver wrote it: a model only tells that there is one. */
function ownWords(given: string | undefined, { source, words }: ToolContext): string | undefined {
  if (source === 'fast') return given
  const [said, claimed] = [normalize(words), normalize(given ?? '')]
  const isPointedAt = claimed !== '' && claimed !== said && said.includes(claimed)
  return isPointedAt || saysWhy(words) ? words : undefined
}

function askReason({ say, driver, today, now }: ToolContext): ToolResult {
  const text = say.route.askReason({ name: firstName(driver.name) })
  return {
    replies: [withButtons(text, today, [{ action: 'accept', target: NO_ORDER, title: say.buttons.accept }])],
    summary: 'asked why the route is declined',
    remember: { pendingQuestion: { kind: 'decline-reason', date: today, askedAt: now } },
  }
}

function decline(
  context: ToolContext,
  reason: string,
  { wasAccepted }: { wasAccepted: boolean },
): ToolResult {
  const { say, driver, today, now, language } = context
  const [commandId, noticeId] = [randomUUID(), randomUUID()]
  const quoted = reason.length > QUOTED_LENGTH_MAX ? `${reason.slice(0, QUOTED_LENGTH_MAX)}…` : reason
  const text = say.route.declined({ name: firstName(driver.name), reason: quoted.toWellFormed() })
  return {
    replies: [withButtons(text, today, [{ action: 'undo', target: commandId, title: say.buttons.undo }])],
    summary: 'recorded that the route of today is declined',
    commands: [
      { id: commandId, kind: 'decline-route', payload: { date: today, reason, language }, delayMs: HELD_MS },
    ],
    notices: [
      {
        id: noticeId,
        kind: 'declined',
        priority: 'high',
        text: wasAccepted
          ? `Can't take the route of ${today} after all; it was accepted before.`
          : `Can't take the route of ${today}.`,
        reason,
        delayMs: HELD_MS,
      },
    ],
    checkIn: { date: today, state: 'declined' },
    remember: {
      route: { date: today, decision: 'declined', at: now, held: [commandId, noticeId], wasAccepted },
    },
  }
}
