import { z } from 'zod'
import { dayOf } from '../orders/local-view.ts'
import { isClosed } from '../orders/order-status.ts'
import type { Order } from '../orders/order-system.ts'
import { resolveOrder } from '../orders/resolve-order.ts'
import { answerFromFaq, unanswered } from '../questions/answer-from-faq.ts'
import { answerFromOrder } from '../questions/answer-from-order.ts'
import { TOPICS, topicOf } from '../questions/question-topics.ts'
import { ageOf } from '../replies/render-orders.ts'
import { notFound } from './not-found.ts'
import { defineTool, orderRef, type ToolContext, toolArgs } from './tool.ts'
import { askWhich, listedIds } from './which-order.ts'

export const answerQuestion = defineTool({
  name: 'answer_question',
  description:
    'Answers a question about something in particular of one order (gate code, entrance, parking, what is in it, until when, notes), or about how things are done in this company (nobody home, leaving a package, damage, accident, breaks, uniform, fines, pay). The answer comes from the order or from the company, never from you.',
  args: toolArgs({
    order_ref: orderRef.optional(),
    about: z
      .enum(TOPICS)
      .optional()
      .describe(
        'What is asked for: access (codes, gates, doors, parking), notes, items, window (time), address, contact (how to reach the customer) of an order, or policy when it is about no order. Leave out when unsure.',
      ),
  }),
  permission: undefined,
  tier: 'read',
  async run(context, { order_ref: ref, about }) {
    const { say } = context
    const day = await dayOf(context)
    const orders = day?.orders ?? []
    const found = ref === undefined ? [] : resolveOrder(ref, orders, listedIds(context))
    const topic = topicOf(context.words) ?? about
    if (topic === 'policy' || (found.length === 0 && topic === undefined)) {
      const answer = await answerFromFaq(context, orders)
      if (answer) return answer
    }
    if (found.length > 1 && day)
      return askWhich(
        context,
        { tool: 'get_order_details', text: say.order.which, candidates: found },
        ageOf(day, context),
      )
    const order =
      found[0] ?? (topic === undefined || topic === 'policy' ? undefined : spokenOf(context, orders))
    if (order && day)
      return answerFromOrder(order, topic ?? 'notes', { context, orders, age: ageOf(day, context) })
    // What only rules took for a name may be anything.
    if (ref !== undefined && (context.source !== 'rules' || /\d/.test(ref))) return notFound(ref, context)
    const answer = topic === 'policy' ? undefined : await answerFromFaq(context, orders)
    return answer ?? unanswered(context, orders, { about: topic ?? 'policy', text: say.questions.unanswered })
  },
})

/** The order that was spoken of last, or else the next stop. The answer says which one it is. */
function spokenOf({ session, today }: ToolContext, orders: readonly Order[]): Order | undefined {
  const inFocus = orders.find(({ id }) => session.focus?.date === today && session.focus.orderId === id)
  return inFocus ?? orders.find((order) => !isClosed(order))
}
