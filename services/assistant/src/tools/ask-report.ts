import { listMessage } from '@waybill/whatsapp'
import type { Order } from '../orders/order-system.ts'
import { type Button, orderRefOf, tapId, withButtons } from '../replies/buttons.ts'
import { clockTime } from '../replies/local-time.ts'
import type { StatusReplies } from '../replies/status/status-replies.ts'
import type { Report } from '../session/session.ts'
import { REASONS } from '../understand/report-words.ts'
import type { ToolContext, ToolResult } from './tool.ts'

const MINUTES_OFFERED = [10, 20, 30] as const

/** The target of a button that reports: `<status>~<order id>`, with a reason or minutes in between. */
export function reportTarget(status: Report['status'], orderId: string, choice?: string): string {
  return choice === undefined ? `${status}~${orderId}` : `${status}~${choice}~${orderId}`
}

/** `undefined`: no target of such a button. The tool checks what the parts are. */
export function readReportTarget(
  target: string,
): { status: string; choice: string | undefined; orderId: string } | undefined {
  const [status = '', ...rest] = target.split('~')
  const orderId = rest.pop()
  return orderId === undefined ? undefined : { status, choice: rest[0], orderId }
}

/** Whether what was understood is what has happened. */
export function askReport(order: Order, report: Report, context: ToolContext): ToolResult {
  const { say, today } = context
  const of = { ref: orderRefOf(order), customer: order.customer.name }
  const { status } = report
  const words = say.status
  const question = {
    arrived: () => words.askArrived(of),
    delivered: () => words.askDelivered(of),
    problem: () => words.askProblem({ ...of, reason: words.reasons[report.reason ?? 'other'] }),
    running_late: () => lateText(order, report, context, { by: words.askLateBy, until: words.askLateUntil }),
  }[status]()
  const yes = {
    arrived: words.buttons.yesArrived,
    delivered: words.buttons.yesDelivered,
    problem: words.buttons.yesProblem,
    running_late: words.buttons.yesLate,
  }[status]
  const buttons: Button[] = [
    { action: 'report', target: reportTarget(status, order.id), title: yes },
    { action: 'keep', target: order.id, title: say.buttons.no },
  ]
  return { ...asked(order, report, context), replies: [withButtons(question, today, buttons)] }
}

/** What the report still lacks: why, or how late. */
export function askUndelivered(order: Order, report: Report, context: ToolContext): ToolResult {
  const { say, today } = context
  const of = { ref: orderRefOf(order), customer: order.customer.name }
  const target = (choice: string) => reportTarget(report.status, order.id, choice)
  if (report.status === 'running_late') {
    const buttons = MINUTES_OFFERED.map(
      (count): Button => ({
        ...{ action: 'report', target: target(String(count)) },
        title: say.status.buttons.minutes({ count }),
      }),
    )
    return {
      ...asked(order, report, context),
      replies: [withButtons(say.status.askLate(of), today, buttons)],
    }
  }
  const rows = REASONS.map((reason) => ({
    id: tapId({ action: 'report', target: target(reason), date: today }),
    title: say.status.reasons[reason],
  }))
  const { askReason, buttons } = say.status
  const list = listMessage({
    body: askReason(of),
    button: buttons.reasons,
    sections: [{ title: buttons.problem, rows }],
  })
  return { ...asked(order, report, context), replies: [list] }
}

/** How late, in words for a delay and for a time. */
export function lateText(
  order: Order,
  { minutes, eta }: Report,
  { language, driver }: ToolContext,
  say: { by: StatusReplies['lateBy']; until: StatusReplies['lateUntil'] },
): string {
  const of = { ref: orderRefOf(order), customer: order.customer.name }
  return eta === undefined
    ? say.by({ ...of, minutes: minutes ?? 0 })
    : say.until({ ...of, time: clockTime(eta, language, driver.timeZone) })
}

function asked(order: Order, report: Report, { now, today }: ToolContext) {
  return {
    summary: `asked about a report on order #${order.id}`,
    remember: {
      pendingQuestion: { kind: 'confirm-report', orderId: order.id, report, date: today, askedAt: now },
      focus: { orderId: order.id, date: today },
    },
  } as const
}
