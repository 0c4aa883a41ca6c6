import { NO_ORDER, withButtons } from '../replies/buttons.ts'
import { paragraphs } from '../replies/render-orders.ts'
import { defineTool, toolArgs } from './tool.ts'

export const help = defineTool({
  name: 'help',
  description:
    'Explains what this assistant can do. Use it when the driver asks for help or what can be asked here.',
  args: toolArgs({}),
  permission: undefined,
  tier: 'read',
  async run({ say, today }) {
    const buttons = [
      { action: 'orders', target: NO_ORDER, title: say.buttons.orders },
      { action: 'next', target: NO_ORDER, title: say.buttons.nextStop },
    ] as const
    return {
      replies: [withButtons(paragraphs(say.talk.help, say.status.help, say.media.help), today, buttons)],
      summary: 'explained what can be asked',
    }
  },
})
