import { randomUUID } from 'node:crypto'
import type { NewNotice } from '@waybill/database'
import { textMessage } from '@waybill/whatsapp'
import { type Button, NO_ORDER, withButtons } from '../replies/buttons.ts'
import { wallClock } from '../replies/local-time.ts'
import type { Session } from '../session/session.ts'
import type { ToolContext, ToolResult } from './tool.ts'

/** For so long a decline can be undone as if it had never been. */
const UNDO_MS = 60_000
/** Held longer than that: what is taken back in time has not gone out while its turn was at work. */
export const HELD_MS = UNDO_MS + 5_000
const CUT_OFF = '11:00'

type Route = NonNullable<Session['route']>

/** What the driver has said of today's route. */
export function routeOfToday({ session, today }: ToolContext): Route | undefined {
  return session.route?.date === today ? session.route : undefined
}

export function canBeUndone({ held, at }: Route, now: number): boolean {
  return held.length > 0 && now - at < UNDO_MS
}

/** From here on dispatch has planned around what was said: only a person may change it. */
export function isPastCutOff({ driver, now }: ToolContext): boolean {
  return wallClock(now, driver.timeZone) >= cutOffOf(driver)
}

const cutOffOf = ({ checkInUntil = CUT_OFF }: ToolContext['driver']) => checkInUntil

/** Asks with buttons whether the driver takes the route; `choices`: what makes sense to offer. */
export function askRoute(
  { say, today, now }: ToolContext,
  text: string,
  choices: readonly ('accept' | 'decline')[] = ['accept', 'decline'],
): ToolResult {
  const buttons = choices.map((action): Button => ({ action, target: NO_ORDER, title: say.buttons[action] }))
  return {
    replies: [withButtons(text, today, buttons)],
    summary: 'asked whether the route of today is accepted',
    remember: { pendingQuestion: { kind: 'check-in', date: today, askedAt: now } },
  }
}

/** Too late to change it here: nothing is done but to tell dispatch, at once. */
export function leaveToDispatch(
  context: ToolContext,
  { kind, text, reason }: Pick<NewNotice, 'kind' | 'text' | 'reason'>,
): ToolResult {
  const { say, driver } = context
  return {
    replies: [textMessage(say.route.leftToDispatch({ until: cutOffOf(driver) }))],
    summary: 'left the route to dispatch: after the cut-off',
    notices: [{ id: randomUUID(), kind, priority: 'urgent', text, reason }],
  }
}
