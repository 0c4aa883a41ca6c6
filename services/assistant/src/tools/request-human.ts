import { randomUUID } from 'node:crypto'
import { textMessage } from '@waybill/whatsapp'
import { duration } from '../replies/local-time.ts'
import { firstName } from '../replies/render-orders.ts'
import { redactPhones } from '../understand/describe-situation.ts'
import { defineTool, type ToolContext, toolArgs } from './tool.ts'

const REASON_LENGTH_MAX = 1_000

export const requestHuman = defineTool({
  name: 'request_human',
  description:
    'Asks dispatch for a person. Use it when the driver wants to talk to a human, a dispatcher or a boss, wants to be called, asks for help with an emergency, an accident or a threat, or is angry at the assistant.',
  args: toolArgs({}),
  permission: undefined,
  tier: 'reversible',
  async run(context) {
    const { say, driver, now, language, waitingSince, session, words } = context
    const remember = { pendingQuestion: session.pendingQuestion }
    if (waitingSince !== undefined) {
      const text = say.people.waiting({ age: duration(Math.max(0, now - waitingSince), language) })
      return { replies: [textMessage(text)], summary: 'a person is asked for already', remember }
    }
    const said = redactPhones(words).trim().slice(0, REASON_LENGTH_MAX).toWellFormed()
    return {
      replies: [textMessage(say.people.asked({ name: firstName(driver.name) }))],
      summary: 'asked dispatch for a person',
      notices: [
        {
          id: randomUUID(),
          kind: 'help',
          priority: 'high',
          text: `Asks for a person.${lastExchanges(context)}`,
          reason: said === '' ? undefined : said,
        },
      ],
      remember,
    }
  },
})

/** What was said before, as the session has it: without phone numbers, and shortened. */
function lastExchanges({ session: { recent } }: ToolContext): string {
  if (recent.length === 0) return ''
  const lines = recent.map(({ driver, assistant }) => `Driver: ${driver}\nAssistant: ${assistant}`)
  return `\n\nBefore that:\n${lines.join('\n')}`
}
