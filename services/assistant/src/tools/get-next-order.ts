import { textMessage } from '@waybill/whatsapp'
import { dayOf } from '../orders/local-view.ts'
import { isClosed } from '../orders/order-status.ts'
import { renderOrder } from '../replies/render-order.ts'
import { ageOf, firstName, paragraphs } from '../replies/render-orders.ts'
import { defineTool, toolArgs } from './tool.ts'

export const getNextOrder = defineTool({
  name: 'get_next_order',
  description:
    "Shows the driver's next open stop of today with its details. Use it for: what is next, where do I go now, next stop, next delivery, next address.",
  args: toolArgs({}),
  permission: undefined,
  tier: 'read',
  async run(context) {
    const { say, driver, today } = context
    const day = await dayOf(context)
    if (!day) return { replies: [textMessage(say.orders.unreachable)], summary: 'order system unreachable' }
    const age = ageOf(day, context)
    const next = day.orders.find((order) => !isClosed(order))
    if (!next) {
      const none = say.order.noNext({ name: firstName(driver.name) })
      return { replies: [textMessage(paragraphs(age, none))], summary: 'no open stop left' }
    }
    return {
      replies: renderOrder(next, context, paragraphs(age, say.order.next)),
      summary: `showed the next stop #${next.id}`,
      remember: { focus: { orderId: next.id, date: today } },
    }
  },
})
