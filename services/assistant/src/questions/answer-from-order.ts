import type { Order } from '../orders/order-system.ts'
import { NO_ORDER, withButtons } from '../replies/buttons.ts'
import { clockTime } from '../replies/local-time.ts'
import { headlineOf, paragraphs } from '../replies/render-orders.ts'
import type { ToolContext, ToolResult } from '../tools/tool.ts'
import { unanswered } from './answer-from-faq.ts'
import { speaksOf, type Topic } from './question-topics.ts'

const CUSTOMER_PHONE = 'customer-phone'
// With the headline and a sentence it has to fit into one message with buttons.
const QUOTED_LENGTH_MAX = 700

type Asked = { context: ToolContext; orders: readonly Order[]; age: string | undefined }

/** What the order has on it, in the order's own words. */
export function answerFromOrder(order: Order, topic: Topic, { context, orders, age }: Asked): ToolResult {
  const { say, today, words } = context
  const head = paragraphs(age, `📦 ${headlineOf(order, context)}`)
  const focus = { orderId: order.id, date: today }
  const answered = (text: string): ToolResult => ({
    replies: [
      withButtons(`${head}\n\n${text}`, today, [
        { action: 'details', target: order.id, title: say.buttons.details },
        { action: 'person', target: NO_ORDER, title: say.buttons.person },
      ]),
    ],
    summary: `answered from order #${order.id}: ${topic}`,
    remember: { focus, pendingQuestion: context.session.pendingQuestion },
  })
  const unknown = (text: string): ToolResult => {
    const result = unanswered(context, orders, { about: topic, text: `${head}\n\n${text}` })
    return { ...result, remember: { ...result.remember, focus } }
  }

  const fact = factOf(order, topic, context)
  if (fact !== undefined) return answered(fact)
  if (topic === 'contact') return unknown(say.questions.noPhone)
  const written = [
    order.instructions && `ℹ️ ${say.order.instructions}: “${cut(order.instructions)}”`,
    order.notes && `📝 ${say.order.notes}: “${cut(order.notes)}”`,
  ].filter((line) => typeof line === 'string' && line !== '')
  const text = written.join('\n')
  if (text === '') return unknown(say.questions.orderSaysNothing)
  const isAbout = topic === 'notes' || speaksOf(`${order.instructions ?? ''} ${order.notes ?? ''}`, words)
  return isAbout ? answered(say.questions.orderSays({ text })) : unknown(say.questions.notInOrder({ text }))
}

function factOf(order: Order, topic: Topic, { say, language, driver }: ToolContext): string | undefined {
  const time = (at: string) => clockTime(Date.parse(at), language, driver.timeZone)
  const { phone } = order.customer
  switch (topic) {
    case 'window':
      return `🕑 ${say.order.window}: ${time(order.window.start)} - ${time(order.window.end)}`
    case 'address':
      return `📍 ${say.order.address}: ${order.address.line}`
    case 'items':
      return order.items.length === 0
        ? undefined
        : `🧾 ${say.order.items}:\n${order.items.map(({ name, quantity }) => `   • ${quantity} × ${name}`).join('\n')}`
    case 'contact':
      return phone && driver.permissions.includes(CUSTOMER_PHONE)
        ? `📞 ${say.order.phone}: ${phone}`
        : undefined
    default:
      return undefined
  }
}

function cut(text: string): string {
  return text.length > QUOTED_LENGTH_MAX ? `${text.slice(0, QUOTED_LENGTH_MAX / 2)}…`.toWellFormed() : text
}
