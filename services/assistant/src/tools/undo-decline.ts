import { textMessage } from '@waybill/whatsapp'
import { askRoute, canBeUndone, routeOfToday } from './route-decision.ts'
import type { ToolContext, ToolResult } from './tool.ts'

/** Takes a decline back while nobody has heard of it. `commandId`: of the button that was tapped. */
export function undoDecline(context: ToolContext, commandId: string | undefined): ToolResult {
  const { say, today, now, session } = context
  const route = routeOfToday(context)
  const isMeant = commandId === undefined || route?.held.includes(commandId)
  if (route?.decision !== 'declined' || !isMeant) {
    const remember = { pendingQuestion: session.pendingQuestion }
    return { replies: [textMessage(say.route.nothingToUndo)], summary: 'nothing to undo', remember }
  }
  if (context.isLate || !canBeUndone(route, now))
    return askRoute(context, say.route.tooLateToUndo, ['accept'])
  if (route.wasAccepted) {
    return {
      replies: [textMessage(say.route.restored)],
      summary: 'took the decline back: the route is accepted as before',
      withdraws: route.held,
      checkIn: { date: today, state: 'accepted' },
      remember: { route: { ...route, decision: 'accepted', held: [] } },
    }
  }
  const question = askRoute(context, say.route.undone)
  return {
    ...question,
    summary: 'took the decline back, and asked again',
    withdraws: route.held,
    checkIn: { date: today, state: 'asked' },
    remember: { ...question.remember, route: null },
  }
}
