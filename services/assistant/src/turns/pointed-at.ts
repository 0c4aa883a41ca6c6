import type { PointedAt } from '@waybill/database'
import { z } from 'zod'
import { NO_ORDER, parseTapId, type Tap } from '../replies/buttons.ts'
import { localDate } from '../replies/local-time.ts'
import { parseSession, type Session } from '../session/session.ts'
import { readReportTarget } from '../tools/ask-report.ts'

/** Finds a message of this conversation that a driver quotes, reacts to or has changed. */
export type FindMessage = (conversationId: string, wamid: string) => Promise<PointedAt | undefined>

const choice = z.object({ id: z.string() })
const shownSchema = z.object({
  text: z.object({ body: z.string() }).optional().catch(undefined),
  interactive: z
    .object({
      body: z.object({ text: z.string() }),
      action: z.object({
        buttons: z.array(z.object({ reply: choice })).default([]),
        sections: z.array(z.object({ rows: z.array(choice) })).default([]),
      }),
    })
    .optional()
    .catch(undefined),
})
const writtenSchema = z.object({ body: z.object({ text: z.object({ body: z.string() }) }) })
const contextSchema = z.object({ context: z.object({ id: z.string().min(1) }) })

/** The wamid that a message replies to. A forwarded message has a context without one. */
export function quotedIn(body: unknown): string | undefined {
  return contextSchema.safeParse(body).data?.context.id
}

/** Orders that a message of today shows, in their order there; of the driver's own, what it was about. */
export function ordersShown(pointed: PointedAt, day: { today: string; timeZone: string }): string[] {
  if (localDate(pointed.at, day.timeZone) !== day.today) return []
  if (pointed.author === 'driver') {
    const written = idsIn(writtenSchema.safeParse(pointed.content).data?.body.text.body ?? '')
    if (written.length > 0) return written
    const focus = parseSession(pointed.session)?.focus
    return focus?.date === day.today ? [focus.orderId] : []
  }
  const { text, interactive } = shownSchema.parse(pointed.content)
  if (!interactive) return idsIn(text?.body ?? '')
  const { body, action } = interactive
  const rows = [...action.buttons.map(({ reply }) => reply), ...action.sections.flatMap((it) => it.rows)]
  const tapped = rows.flatMap(({ id }) => {
    const tap = parseTapId(id)
    return tap?.date === day.today ? (orderOf(tap) ?? []) : []
  })
  const offered = distinct(tapped)
  return offered.length > 0 ? offered : idsIn(body.text)
}

const ABOUT_ORDERS = new Set<string>(['details', 'confirm', 'keep', 'proof'])

/** `undefined`: it is about none. */
function orderOf({ action, target }: Tap): string | undefined {
  if (action === 'report') return readReportTarget(target)?.orderId
  return ABOUT_ORDERS.has(action) && target !== NO_ORDER ? target : undefined
}

function idsIn(text: string): string[] {
  return distinct([...text.matchAll(/#([A-Za-z]*\d{3,})\b/g)].flatMap(([, id]) => id ?? []))
}

const distinct = (ids: readonly string[]) => [...new Set(ids)]

/** As if the conversation were there again: "this one", "2" and "yes" mean what the quoted message is about. */
export function sessionThere(
  session: Session,
  pointed: PointedAt,
  day: { today: string; timeZone: string },
): Session {
  const then = parseSession(pointed.session)
  const asked = pointed.isQuestion ? (then?.pendingQuestion ?? null) : null
  const [orderId, ...others] = ordersShown(pointed, day)
  if (orderId === undefined) return { ...session, pendingQuestion: asked }
  if (others.length === 0) {
    return { ...session, pendingQuestion: asked, focus: { orderId, date: day.today } }
  }
  const lastList = { orderIds: [orderId, ...others], date: day.today, at: pointed.at }
  return { ...session, pendingQuestion: asked, lastList, focus: null }
}

/** Is it the message with which what is still open was asked? */
export function isOpenQuestion(pointed: PointedAt | undefined, { pendingQuestion }: Session): boolean {
  if (!pointed?.isQuestion || !pendingQuestion) return false
  return parseSession(pointed.session)?.pendingQuestion?.askedAt === pendingQuestion.askedAt
}
