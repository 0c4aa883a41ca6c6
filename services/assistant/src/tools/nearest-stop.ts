import type { Place } from '@waybill/database'
import { textMessage } from '@waybill/whatsapp'
import { distanceToStop } from '../orders/distance.ts'
import { dayOf } from '../orders/local-view.ts'
import { isArrived, isClosed } from '../orders/order-status.ts'
import { type Button, withButtons } from '../replies/buttons.ts'
import { distanceText } from '../replies/distance-text.ts'
import { ageOf, firstName, headlineOf, paragraphs } from '../replies/render-orders.ts'
import { reportTarget } from './ask-report.ts'
import type { ToolContext, ToolResult } from './tool.ts'

/** What a location is good for when there is nothing to prove: the open stop that is nearest. */
export async function nearestStop(place: Place, context: ToolContext): Promise<ToolResult> {
  const { say, driver, today, language } = context
  const day = await dayOf(context)
  if (!day) return { replies: [textMessage(say.orders.unreachable)], summary: 'order system unreachable' }
  const open = day.orders.filter((order) => !isClosed(order))
  const [nearest] = open
    .flatMap((order) => {
      const metres = distanceToStop(place, order)
      return metres === undefined ? [] : [{ order, metres }]
    })
    .sort((a, b) => a.metres - b.metres)
  const order = nearest?.order ?? open[0]
  if (!order) {
    const none = say.order.noNext({ name: firstName(driver.name) })
    return { replies: [textMessage(paragraphs(ageOf(day, context), none))], summary: 'no open stop left' }
  }
  const how = nearest
    ? say.stops.nearest({ distance: distanceText(nearest.metres, language) })
    : say.stops.nearestUnknown
  const arrive: Button = {
    ...{ action: 'report', target: reportTarget('arrived', order.id) },
    title: say.status.buttons.arrived,
  }
  const buttons: Button[] = [
    ...(isArrived(order) ? [] : [arrive]),
    { action: 'details', target: order.id, title: say.stops.details },
  ]
  const line = `${headlineOf(order, context)}\n📍 ${order.address.line}`
  return {
    replies: [withButtons(paragraphs(ageOf(day, context), how, line), today, buttons)],
    summary: `showed the nearest stop #${order.id}`,
    remember: { focus: { orderId: order.id, date: today }, pendingQuestion: context.session.pendingQuestion },
  }
}
