import { z } from 'zod'
import { NO_ORDER, withButtons } from '../replies/buttons.ts'
import { firstName } from '../replies/render-orders.ts'
import { defineTool, toolArgs } from './tool.ts'

export const smallTalk = defineTool({
  name: 'small_talk',
  description:
    "Answers talk that is not about work, in one short sentence: a greeting, thanks, how are you, goodbye, a joke, a kind or an angry word, or off_topic for anything that is clearly about something else (weather, sports, recipes, poems). Not for what you don't understand.",
  args: toolArgs({
    kind: z
      .enum(['greeting', 'thanks', 'how_are_you', 'goodbye', 'joke', 'praise', 'complaint', 'off_topic'])
      .describe('Which kind of talk'),
  }),
  permission: undefined,
  tier: 'read',
  async run({ say, driver, today, session }, { kind }) {
    const text = say.smallTalk[kind]({ name: firstName(driver.name) })
    const buttons = [
      { action: 'orders', target: NO_ORDER, title: say.buttons.orders },
      { action: 'next', target: NO_ORDER, title: say.buttons.nextStop },
      kind === 'complaint'
        ? ({ action: 'person', target: NO_ORDER, title: say.buttons.person } as const)
        : ({ action: 'help', target: NO_ORDER, title: say.buttons.help } as const),
    ] as const
    return {
      replies: [withButtons(text, today, buttons)],
      summary: `small talk: ${kind}`,
      remember: { pendingQuestion: session.pendingQuestion },
    }
  },
})
