import { textMessage } from '@waybill/whatsapp'
import { z } from 'zod'
import { dayOf } from '../orders/local-view.ts'
import { isArrived, isClosed, statusName } from '../orders/order-status.ts'
import type { Order } from '../orders/order-system.ts'
import { isNamedIn, resolveOrder } from '../orders/resolve-order.ts'
import { orderRefOf } from '../replies/buttons.ts'
import { wallClock } from '../replies/local-time.ts'
import { ageOf, firstName } from '../replies/render-orders.ts'
import type { Report } from '../session/session.ts'
import { isSaid } from '../understand/load-examples.ts'
import { delayIn, placeIn, REASONS, readReport, reasonIn } from '../understand/report-words.ts'
import { askReport, askUndelivered } from './ask-report.ts'
import { getOrderDetails } from './get-order-details.ts'
import { someOfToday } from './get-orders.ts'
import { notFound } from './not-found.ts'
import { recordReport } from './record-report.ts'
import { defineTool, orderRef, type ToolContext, type ToolResult, toolArgs } from './tool.ts'
import { askWhich, listedIds } from './which-order.ts'

const NOTE_LENGTH_MAX = 1_000
const copied = z.string().max(100).optional()

const args = toolArgs({
  status: z
    .enum(['arrived', 'delivered', 'problem', 'running_late'])
    .describe('problem: it could not be delivered, or something is wrong at the stop.'),
  order_ref: orderRef.optional(),
  reason: z.enum(REASONS).optional().describe('Of a problem. closed: also nobody home.'),
  place: copied.describe('Where it was left, copied: "at the door".'),
  with: copied.describe('With whom it was left, copied.'),
  minutes: z.number().int().min(1).max(600).optional(),
})
type Args = z.output<typeof args>

export const reportStatus = defineTool({
  name: 'report_status',
  description:
    'Records what the driver states about a stop: arrived, delivered, a problem (could not deliver, closed, wrong address, refused, damaged, no access), or running late. Only for a statement, never for a question ("was it delivered?", "am I late?"), a plan or a condition.',
  args,
  permission: undefined,
  tier: 'irreversible',
  async run(context, given) {
    const { say, driver, today, source, words, session } = context
    const day = await dayOf(context)
    if (!day) return { replies: [textMessage(say.orders.unreachable)], summary: 'order system unreachable' }
    const reading =
      source === 'fast' ? { kind: given.status, isClear: true } : readReport(words, given.status)
    const { kind } = reading
    if (kind === undefined || kind === 'question') return showInstead(given, context)
    const report = reportOf({ ...given, status: kind }, context)

    const open = day.orders.filter((order) => !isClosed(order))
    const found =
      given.order_ref === undefined ? [] : resolveOrder(given.order_ref, day.orders, listedIds(context))
    if (given.order_ref !== undefined && found.length === 0) return notFound(given.order_ref, context)
    if (found.length > 1) {
      const question = { tool: 'report_status', text: say.status.which, candidates: found, report } as const
      return askWhich(context, question, ageOf(day, context))
    }
    if (found.length === 0 && open.length === 0) {
      const none = say.status.noneOpen({ name: firstName(driver.name) })
      return { replies: [textMessage(none)], summary: 'no open stop to report on' }
    }
    const [named] = found
    const implied = impliedBy(kind, open)
    const focus = open.find(({ id }) => session.focus?.date === today && session.focus.orderId === id)
    const order = named ?? implied ?? focus ?? open[0]
    if (!order) return notFound(given.order_ref, context)
    const isSure = named
      ? source === 'fast' || isNamedIn(words, order, day.orders, listedIds(context))
      : order === implied
    return about(order, report, context, isSure && reading.isClear && !context.isLate)
  },
})

async function about(
  order: Order,
  report: Report,
  context: ToolContext,
  isClear: boolean,
): Promise<ToolResult> {
  const { say, session } = context
  if (isClosed(order) || (report.status === 'arrived' && isArrived(order))) {
    const status = statusName(order, say, session.confirmed)
    const text = say.status.already({ ref: orderRefOf(order), status })
    return { replies: [textMessage(text)], summary: `order #${order.id} is ${order.status} already` }
  }
  const isIncomplete =
    (report.status === 'problem' && report.reason === undefined) ||
    (report.status === 'running_late' && report.minutes === undefined && report.eta === undefined)
  if (isIncomplete) return askUndelivered(order, report, context)
  return isClear ? recordReport(order, report, context) : askReport(order, report, context)
}

/** The stop that nobody needs to name: the one that the driver has arrived at, or the only one. Late is one for the next. */
function impliedBy(kind: Report['status'], open: readonly Order[]): Order | undefined {
  if (kind === 'running_late') return open[0]
  const arrived = open.filter(isArrived)
  if (kind !== 'arrived' && arrived.length === 1) return arrived[0]
  return open.length === 1 ? open[0] : undefined
}

/** From the driver's own words; after a question, from those that gave rise to it. What a model made up is left out. */
function reportOf(given: Args, context: ToolContext): Report {
  const { session, source, words, now, driver } = context
  const { status } = given
  const question = session.pendingQuestion
  const asked =
    question?.kind === 'confirm-report' || question?.kind === 'which-order' ? question.report : undefined
  if (source === 'fast') {
    const before = asked?.status === status ? asked : undefined
    const chosen = { reason: given.reason ?? before?.reason, minutes: given.minutes ?? before?.minutes }
    return { ...before, ...chosen, status }
  }
  const said = (value: string | undefined) =>
    value !== undefined && isSaid(value, words) ? value : undefined
  const delay = delayIn(words, { at: now, wallClock: wallClock(now, driver.timeZone) })
  return {
    status,
    note: words.slice(0, NOTE_LENGTH_MAX).toWellFormed(),
    ...(status === 'problem' ? { reason: reasonIn(words) ?? given.reason } : {}),
    ...(status === 'delivered' ? { place: said(given.place) ?? placeIn(words), with: said(given.with) } : {}),
    ...(status === 'running_late' ? delay : {}),
  }
}

/** Who asks wants to see. */
async function showInstead({ order_ref, status }: Args, context: ToolContext): Promise<ToolResult> {
  if (status === 'running_late') return someOfToday(context, 'late')
  const show = getOrderDetails.bind(order_ref === undefined ? {} : { order_ref })
  if (!show) throw new Error('no order can be shown')
  return show(context)
}
