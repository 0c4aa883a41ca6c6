import { listMessage, type OutboundMessage, textMessage } from '@waybill/whatsapp'
import type { Order } from '../orders/order-system.ts'
import { orderTitle, type TapAction, tapId, withButtons } from '../replies/buttons.ts'
import { linesOf, paragraphs } from '../replies/render-orders.ts'
import type { PendingQuestion, Report } from '../session/session.ts'
import { reportTarget } from './ask-report.ts'
import type { ToolContext, ToolResult } from './tool.ts'

const BUTTONS_MAX = 3
const ROWS_MAX = 10

type Tool = (PendingQuestion & { kind: 'which-order' })['tool']
type Question = {
  tool: Tool
  text: string
  candidates: readonly Order[]
  /** What the driver reports of the one that is meant. */
  report?: Report
}

const ACTIONS: Readonly<Record<Tool, TapAction>> = {
  get_order_details: 'details',
  confirm_order: 'confirm',
  attach_proof: 'proof',
  report_status: 'report',
}

/** Asks which of several orders is meant: with buttons where they fit, else by number. */
export function askWhich(
  context: ToolContext,
  { tool, text, candidates, report }: Question,
  preface?: string,
): ToolResult {
  const { now, today } = context
  const action = ACTIONS[tool]
  const targetOf = (order: Order) => (report ? reportTarget(report.status, order.id) : order.id)
  const rowOf = (order: Order) => ({
    id: tapId({ action, target: targetOf(order), date: today }),
    title: orderTitle(order),
    description: order.address.line,
  })
  const reply: OutboundMessage =
    candidates.length <= BUTTONS_MAX
      ? withButtons(
          paragraphs(preface, text),
          today,
          candidates.map((order) => ({ action, target: targetOf(order), title: orderTitle(order) })),
        )
      : candidates.length <= ROWS_MAX
        ? listMessage({
            body: paragraphs(preface, text, linesOf(candidates, context)),
            button: context.say.orders.listButton,
            sections: [{ title: context.say.orders.listSection, rows: candidates.map(rowOf) }],
          })
        : textMessage(paragraphs(preface, text, linesOf(candidates, context)))
  return {
    replies: [reply],
    summary: 'asked which order',
    remember: {
      pendingQuestion: {
        kind: 'which-order',
        tool,
        candidates: candidates.map(({ id }) => id),
        ...(report ? { report } : {}),
        askedAt: now,
      },
    },
  }
}

/** Ids that a number refers to: the question that is open, else the list that was shown today. */
export function listedIds(
  { session, today }: Pick<ToolContext, 'session' | 'today'>,
  date: string = today,
): readonly string[] {
  const { pendingQuestion, lastList } = session
  if (pendingQuestion?.kind === 'which-order') return pendingQuestion.candidates
  return lastList?.date === date ? lastList.orderIds : []
}
