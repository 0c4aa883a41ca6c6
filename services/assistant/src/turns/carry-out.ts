import { textMessage } from '@waybill/whatsapp'
import { NO_ORDER, orderRefOf, withButtons } from '../replies/buttons.ts'
import { firstName } from '../replies/render-orders.ts'
import { toolNamed } from '../tools/catalogue.ts'
import { ordersOfToday, ordersOfTomorrow } from '../tools/get-orders.ts'
import { undoReport } from '../tools/record-report.ts'
import type { Tool, ToolContext, ToolResult } from '../tools/tool.ts'
import { undoDecline } from '../tools/undo-decline.ts'
import type { Intent } from '../understand/fast-path.ts'

/** Does what was understood. A tool runs only for drivers who may use it. */
export async function carryOut(intent: Intent, context: ToolContext): Promise<ToolResult> {
  const { say } = context
  switch (intent.do) {
    case 'tool':
      return runTool(intent, intent.isLate ? { ...context, isLate: true } : context)
    case 'page':
      return (intent.day === 'tomorrow' ? ordersOfTomorrow : ordersOfToday)(context, intent.offset)
    case 'leave':
      return saying(
        intent.orderId === undefined
          ? say.stops.leftAll
          : say.confirm.leftAsIs({ ref: orderRefOf({ id: intent.orderId }) }),
        'left the order as it is',
      )
    case 'undo':
      return undoReport(context, intent.commandId) ?? undoDecline(context, intent.commandId)
    case 'out-of-range':
      return {
        ...saying(say.order.outOfRange({ count: intent.count }), 'number out of range'),
        remember: keep(context),
      }
    case 'nothing':
      return { replies: [], summary: 'nothing', remember: keep(context) }
    case 'say':
      return speak(intent.what, context)
  }
}

/** What an answer without a tool leaves as it was: the question is still open. */
function keep({ session }: ToolContext): NonNullable<ToolResult['remember']> {
  return { pendingQuestion: session.pendingQuestion }
}

async function runTool({ name, args }: Intent & { do: 'tool' }, context: ToolContext): Promise<ToolResult> {
  const tool = toolNamed(name)
  const run = tool?.bind(args)
  if (!tool || !run) throw new Error('no tool takes these arguments')
  const refusal = refusalOf(tool, context)
  if (refusal) return refusal
  // A transcript may have misheard: only a clear answer to a question that names what it is about counts at once.
  const isMisheard = tool.tier === 'irreversible' && context.isHeard && !answersQuestion(context)
  // What a correction takes back is for the driver to say: nothing is written twice.
  const isAskedBack = isMisheard || (tool.tier !== 'read' && context.isCorrection)
  return run(isAskedBack ? { ...context, isLate: true } : context)
}

/** What a driver is told who may not use a tool. */
export function refusalOf(
  { name, permission }: Pick<Tool, 'name' | 'permission'>,
  { driver, say }: Pick<ToolContext, 'driver' | 'say'>,
): ToolResult | undefined {
  if (permission === undefined || driver.permissions.includes(permission)) return undefined
  const audit = [{ action: 'auth.not-permitted', detail: { tool: name } }]
  return { ...saying(say.talk.notAllowed, `refused ${name}`), audit }
}

function answersQuestion({ source, session: { pendingQuestion } }: ToolContext): boolean {
  return source === 'fast' && pendingQuestion !== null && pendingQuestion.kind !== 'which-order'
}

function speak(what: (Intent & { do: 'say' })['what'], context: ToolContext): ToolResult {
  const { say, driver } = context
  switch (what) {
    case 'greeting':
      return offering(say.talk.greeting({ name: firstName(driver.name) }), 'greeted', context)
    case 'thanks':
      return { ...saying(say.talk.thanks, 'thanked'), remember: keep(context) }
    case 'nothing-asked':
      return offering(say.talk.nothingAsked, 'no open question', context)
    case 'tap-closed':
      return { ...saying(say.talk.tapClosed, 'choice of an earlier day'), remember: keep(context) }
  }
}

export function notUnderstood(context: ToolContext, isModelUnreachable: boolean): ToolResult {
  const { talk } = context.say
  return isModelUnreachable
    ? offering(talk.modelUnreachable, 'language service unreachable', context)
    : offering(talk.notUnderstood, 'not understood', context)
}

export function saying(text: string, summary: string): ToolResult {
  return { replies: [textMessage(text)], summary }
}

export function offering(text: string, summary: string, context: ToolContext): ToolResult {
  const { say, today } = context
  const reply = withButtons(text, today, [
    { action: 'orders', target: NO_ORDER, title: say.buttons.orders },
    { action: 'next', target: NO_ORDER, title: say.buttons.nextStop },
    { action: 'help', target: NO_ORDER, title: say.buttons.help },
  ])
  return { replies: [reply], summary, remember: keep(context) }
}
