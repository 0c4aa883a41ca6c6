import { randomUUID } from 'node:crypto'
import { textMessage } from '@waybill/whatsapp'
import type { Order } from '../orders/order-system.ts'
import { type Button, NO_ORDER, orderRefOf, withButtons } from '../replies/buttons.ts'
import { paragraphs } from '../replies/render-orders.ts'
import type { Report, Session } from '../session/session.ts'
import { lateText, reportTarget } from './ask-report.ts'
import type { ToolContext, ToolResult } from './tool.ts'

/** What closes a stop can be undone for so long. */
const UNDO_MS = 20_000
/** Held longer than that: what is taken back in time has not gone out while its turn was at work. */
const HELD_MS = UNDO_MS + 3_000
const REPORTS_MAX = 200

/** Writes a report down: for the order system, for dispatch when it is a problem, and for what is shown next. */
export function recordReport(order: Order, report: Report, context: ToolContext): ToolResult {
  const { today, now, language, session, say } = context
  const commandId = randomUUID()
  const closes = report.status === 'delivered' || report.status === 'problem'
  const delay = closes ? { delayMs: HELD_MS } : {}
  const notices = noticesOf(order, report).map((notice) => ({ ...notice, ...delay }))
  const held = closes ? [commandId, ...notices.map(({ id }) => id)] : []
  const payload = { orderId: order.id, at: now, report, language }
  const text = paragraphs(textOf(order, report, context), closes ? say.status.undoHint : undefined)
  return {
    replies: [
      report.status === 'running_late'
        ? textMessage(text)
        : withButtons(text, today, buttonsAfter(order, report, context, commandId)),
    ],
    summary: `recorded a report on order #${order.id}: ${report.status}`,
    commands: [{ id: commandId, kind: 'report-status', payload, ...delay }],
    notices,
    remember: {
      ...(report.status === 'running_late'
        ? {}
        : {
            reported: withReport(session, today, { orderId: order.id, status: report.status, at: now, held }),
          }),
      focus: closes ? null : { orderId: order.id, date: today },
    },
  }
}

function noticesOf(order: Order, { status, reason, note }: Report) {
  if (status !== 'problem') return []
  const text = `Could not deliver ${orderRefOf(order)} (${order.customer.name}): ${reason?.replaceAll('_', ' ') ?? 'no reason given'}.`
  return [{ id: randomUUID(), kind: 'problem', priority: 'high', text, reason: note } as const]
}

function textOf(order: Order, report: Report, context: ToolContext): string {
  const { status: say } = context.say
  const of = { ref: orderRefOf(order), customer: order.customer.name }
  switch (report.status) {
    case 'arrived':
      return say.arrived(of)
    case 'delivered':
      return say.delivered({ ...of, where: report.place, whom: report.with })
    case 'problem':
      return say.problem({ ...of, reason: say.reasons[report.reason ?? 'other'] })
    case 'running_late':
      return lateText(order, report, context, { by: say.lateBy, until: say.lateUntil })
  }
}

function buttonsAfter(order: Order, { status }: Report, { say }: ToolContext, commandId: string): Button[] {
  if (status !== 'arrived') {
    return [
      { action: 'undo', target: commandId, title: say.buttons.undo },
      { action: 'next', target: NO_ORDER, title: say.buttons.nextStop },
    ]
  }
  return [
    { action: 'report', target: reportTarget('delivered', order.id), title: say.status.buttons.delivered },
    { action: 'report', target: reportTarget('problem', order.id), title: say.status.buttons.problem },
    { action: 'details', target: order.id, title: say.stops.details },
  ]
}

type Reported = NonNullable<Session['reported']>

function withReport(session: Session, date: string, report: Reported['reports'][number]): Reported {
  const earlier = session.reported?.date === date ? session.reported.reports : []
  const others = earlier.filter(({ orderId }) => orderId !== report.orderId)
  return { date, reports: [...others, report].slice(-REPORTS_MAX) }
}

/** Takes a report back of which nobody has heard. `undefined`: there is none that could be meant. */
export function undoReport(context: ToolContext, commandId: string | undefined): ToolResult | undefined {
  const { session, say, today, now } = context
  const { reported, route } = session
  if (reported?.date !== today) return undefined
  const report =
    commandId === undefined
      ? reported.reports.findLast(({ held, at }) => held.length > 0 && at > (route?.at ?? 0))
      : reported.reports.find(({ held }) => held.includes(commandId))
  if (!report) return undefined
  const ref = orderRefOf({ id: report.orderId })
  const remember = { focus: { orderId: report.orderId, date: today } }
  if (context.isLate || now - report.at >= UNDO_MS) {
    return {
      replies: [textMessage(say.status.tooLate({ ref }))],
      summary: 'too late to undo a report',
      remember,
    }
  }
  const reports = reported.reports.filter((it) => it !== report)
  return {
    replies: [textMessage(say.status.undone({ ref }))],
    summary: `took the report on order #${report.orderId} back`,
    withdraws: report.held,
    remember: { ...remember, reported: { date: today, reports } },
  }
}
