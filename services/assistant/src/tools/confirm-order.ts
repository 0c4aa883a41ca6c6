import { randomUUID } from 'node:crypto'
import { textMessage } from '@waybill/whatsapp'
import { z } from 'zod'
import { dayOf } from '../orders/local-view.ts'
import { isClosed, isConfirmed, statusName } from '../orders/order-status.ts'
import type { Order } from '../orders/order-system.ts'
import { isNamedIn, resolveOrder } from '../orders/resolve-order.ts'
import { type Button, orderRefOf, withButtons } from '../replies/buttons.ts'
import { addDays } from '../replies/local-time.ts'
import { ageOf } from '../replies/render-orders.ts'
import { isClearConfirmation } from '../understand/own-words.ts'
import { confirmAll } from './confirm-all.ts'
import { notFound } from './not-found.ts'
import { defineTool, orderRef, type ToolContext, type ToolResult, toolArgs } from './tool.ts'
import { askWhich, listedIds } from './which-order.ts'

export const confirmOrder = defineTool({
  name: 'confirm_order',
  description:
    "Confirms one of the driver's own orders, that is, promises to deliver it. Only for a clear statement that the driver confirms or accepts an order. Never for a question about confirming, a condition, a doubt or a refusal.",
  args: toolArgs({
    order_ref: orderRef.optional(),
    all: z.boolean().optional().describe('Every order of today: "confirm them all".'),
  }),
  permission: undefined,
  tier: 'irreversible',
  async run(context, { order_ref: ref, all }) {
    const { say, session, today } = context
    const day = await dayOf(context)
    if (!day) return { replies: [textMessage(say.orders.unreachable)], summary: 'order system unreachable' }
    if (all === true && ref === undefined) return confirmAll(context, day.orders)
    if (ref === undefined) return unnamed(context, day.orders)

    const found = resolveOrder(ref, day.orders, listedIds(context))
    const [order, ...others] = found
    if (!order) return isOfTomorrow(ref, context)
    if (others.length > 0) {
      const question = { tool: 'confirm_order', text: say.confirm.which, candidates: found } as const
      return askWhich(context, question, ageOf(day, context))
    }
    const refusal = refusalFor(order, context)
    if (refusal !== undefined)
      return { replies: [textMessage(refusal)], summary: `order #${order.id} needs no confirmation` }
    if (context.isLate) return askConfirm(order, context, say.confirm.askAgain)
    const isClear =
      context.source === 'fast' ||
      (isClearConfirmation(context.words) && isNamedIn(context.words, order, day.orders, listedIds(context)))
    if (!isClear) return askConfirm(order, context, say.confirm.ask)

    const earlier = session.confirmed?.date === today ? session.confirmed.orderIds : []
    return {
      replies: [textMessage(say.confirm.done({ ref: orderRefOf(order) }))],
      summary: `recorded the confirmation of order #${order.id}`,
      commands: [
        {
          id: randomUUID(),
          kind: 'confirm-order',
          payload: { orderId: order.id, language: context.language },
        },
      ],
      remember: { confirmed: { date: today, orderIds: [...earlier, order.id].slice(-200) } },
    }
  },
})

async function isOfTomorrow(ref: string, context: ToolContext): Promise<ToolResult> {
  const { say, session, today } = context
  const tomorrow = addDays(today, 1)
  const isPlace = /^\d{1,2}$/.test(ref.trim())
  if (isPlace && session.lastList?.date !== tomorrow) return notFound(ref, context)
  const day = await dayOf(context, tomorrow)
  const [order, ...others] = resolveOrder(ref, day?.orders ?? [], listedIds(context, tomorrow))
  if (!order || others.length > 0) return notFound(ref, context)
  const text = say.stops.forTomorrow({ ref: orderRefOf(order) })
  return { replies: [textMessage(text)], summary: `order #${order.id} is one of tomorrow's` }
}

/** Without a name nothing is confirmed: the driver is asked. */
function unnamed(context: ToolContext, orders: readonly Order[]): ToolResult {
  const { say, session, today } = context
  const open = orders.filter((order) => !isClosed(order) && !isConfirmed(order, session.confirmed))
  const inFocus = open.find(({ id }) => session.focus?.date === today && session.focus.orderId === id)
  const only = inFocus ?? (open.length === 1 ? open[0] : undefined)
  if (only) return askConfirm(only, context, say.confirm.ask)
  if (open.length === 0)
    return { replies: [textMessage(say.confirm.nothingOpen)], summary: 'nothing to confirm' }
  return askWhich(context, { tool: 'confirm_order', text: say.confirm.which, candidates: open })
}

function refusalFor(order: Order, { say, session }: ToolContext): string | undefined {
  const ref = orderRefOf(order)
  if (isClosed(order)) return say.confirm.closed({ ref, status: statusName(order, say, session.confirmed) })
  return isConfirmed(order, session.confirmed) ? say.confirm.already({ ref }) : undefined
}

function askConfirm(
  order: Order,
  { say, now, today }: ToolContext,
  question: (of: { ref: string; customer: string }) => string,
): ToolResult {
  const buttons: Button[] = [
    { action: 'confirm', target: order.id, title: say.buttons.yes },
    { action: 'keep', target: order.id, title: say.buttons.no },
  ]
  const body = question({ ref: orderRefOf(order), customer: order.customer.name })
  return {
    replies: [withButtons(body, today, buttons)],
    summary: `asked whether to confirm order #${order.id}`,
    remember: {
      pendingQuestion: { kind: 'confirm-order', orderId: order.id, askedAt: now },
      focus: { orderId: order.id, date: today },
    },
  }
}
