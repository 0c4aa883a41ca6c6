import { randomUUID } from 'node:crypto'
import { textMessage } from '@waybill/whatsapp'
import { isClosed, isConfirmed } from '../orders/order-status.ts'
import type { Order } from '../orders/order-system.ts'
import { type Button, NO_ORDER, withButtons } from '../replies/buttons.ts'
import { linesOf, paragraphs } from '../replies/render-orders.ts'
import type { ToolContext, ToolResult } from './tool.ts'

const LISTED_MAX = 10
const CONFIRMED_MAX = 200

/** Asks once, with the orders that it is about; a yes confirms those of them that are still open, each by itself. */
export function confirmAll(context: ToolContext, orders: readonly Order[]): ToolResult {
  const { say, session, today, source, language, isLate } = context
  const open = orders.filter((order) => !isClosed(order) && !isConfirmed(order, session.confirmed))
  if (open.length === 0)
    return { replies: [textMessage(say.confirm.nothingOpen)], summary: 'nothing to confirm' }
  const question = session.pendingQuestion
  const wasAsked = question?.kind === 'confirm-all' && question.date === today
  if (source !== 'fast' || isLate || !wasAsked) return askAll(open, context)

  const asked = open.filter(({ id }) => question.orderIds.includes(id))
  if (asked.length === 0)
    return { replies: [textMessage(say.confirm.nothingOpen)], summary: 'nothing to confirm' }
  const earlier = session.confirmed?.date === today ? session.confirmed.orderIds : []
  const orderIds = [...earlier, ...asked.map(({ id }) => id)].slice(-CONFIRMED_MAX)
  return {
    replies: [textMessage(say.stops.confirmedAll({ count: asked.length }))],
    summary: `recorded the confirmation of ${asked.length} orders`,
    commands: asked.map(({ id: orderId }) => ({
      ...{ id: randomUUID(), kind: 'confirm-order' },
      payload: { orderId, language },
    })),
    remember: { confirmed: { date: today, orderIds } },
  }
}

function askAll(open: readonly Order[], context: ToolContext): ToolResult {
  const { say, today, now } = context
  const buttons: Button[] = [
    { action: 'confirmall', target: NO_ORDER, title: say.stops.yesAll },
    { action: 'keepall', target: NO_ORDER, title: say.buttons.no },
  ]
  const lines = open.length <= LISTED_MAX ? linesOf(open, context) : undefined
  const body = paragraphs(lines, say.stops.askAll({ count: open.length }))
  const ask = say.stops.askAll({ count: open.length })
  return {
    // Buttons hold 1,024 characters.
    replies: [withButtons(body.length <= 1_000 ? body : ask, today, buttons)],
    summary: `asked whether to confirm ${open.length} orders`,
    remember: {
      pendingQuestion: {
        ...{ kind: 'confirm-all', date: today, askedAt: now },
        orderIds: open.map(({ id }) => id).slice(0, CONFIRMED_MAX),
      },
    },
  }
}
