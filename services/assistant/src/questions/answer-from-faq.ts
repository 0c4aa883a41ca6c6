import type { Order } from '../orders/order-system.ts'
import { NO_ORDER, withButtons } from '../replies/buttons.ts'
import type { ToolContext, ToolResult } from '../tools/tool.ts'
import { withoutNames } from './without-names.ts'

/** Below it an entry is about something else: drivers rather hear that there is no answer. */
const SCORE_MIN = 0.4
const BEFORE_MAX = 2

/** The entry's own words, or nothing. */
export async function answerFromFaq(
  context: ToolContext,
  orders: readonly Order[],
): Promise<ToolResult | undefined> {
  const { say, language, words, session, today } = context
  const before = session.recent.slice(-BEFORE_MAX).map(({ driver }) => driver)
  const [best] = await context.findAnswers({
    language,
    question: withoutNames(words, namesIn(context, orders)),
    before: before.filter((it) => !it.startsWith('(')).join(' '),
  })
  if (!best || best.score < SCORE_MIN) return undefined
  return {
    replies: [
      withButtons(`ℹ️ *${best.title}*\n\n${best.answer}`, today, [
        { action: 'person', target: NO_ORDER, title: say.buttons.person },
        { action: 'next', target: NO_ORDER, title: say.buttons.nextStop },
      ]),
    ],
    summary: `answered from the FAQ: ${best.title}`,
    remember: { pendingQuestion: session.pendingQuestion },
  }
}

/** Says that there is no answer, offers a person, and keeps the question for those who could answer it. */
export function unanswered(
  context: ToolContext,
  orders: readonly Order[],
  { about, text }: { about: string; text: string },
): ToolResult {
  const { say, language, words, session, today } = context
  const question = withoutNames(words, namesIn(context, orders))
  return {
    replies: [
      withButtons(text, today, [
        { action: 'person', target: NO_ORDER, title: say.buttons.person },
        { action: 'help', target: NO_ORDER, title: say.buttons.help },
      ]),
    ],
    summary: 'had no answer, offered a person',
    audit: question === '' ? [] : [{ action: 'question.unanswered', detail: { language, question, about } }],
    remember: { pendingQuestion: session.pendingQuestion },
  }
}

function namesIn({ driver }: ToolContext, orders: readonly Order[]): string[] {
  return [driver.name, ...orders.flatMap(({ customer, address }) => [customer.name, address.line])]
}
