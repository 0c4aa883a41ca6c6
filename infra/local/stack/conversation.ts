import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { readFleet } from '../../../services/sandbox/src/fleet.ts'

export type Exchange = { question: string; answers: readonly string[]; tookMs: number; isExpected: boolean }

/** What Johan asks, and what has to stand in the answer. */
const QUESTIONS = [
  {
    question: 'What are my orders today?',
    expected: ['3 orders today, Johan!', '#12345', '#12346', '#12347'],
  },
  { question: '2', expected: ['#12346', 'Westside Restaurant'] },
]
const ANSWER_MS_MAX = 10_000

const shown = z.object({
  messages: z.array(
    z.object({ cursor: z.number(), direction: z.enum(['inbound', 'outbound']), text: z.string().optional() }),
  ),
  cursor: z.number(),
})

export const DRIVER_NAME = 'Johan'

/** Plays the example conversation through the real path, one question after the other. */
export async function* playConversation(sandboxUrl: string, signal: AbortSignal): AsyncGenerator<Exchange> {
  const phone = readFleet().find(({ name }) => name === DRIVER_NAME)?.phone
  const messagesUrl = `${sandboxUrl}/sandbox/drivers/${phone}/messages`

  async function read(after: number) {
    return shown.parse(await (await fetch(`${messagesUrl}?after=${after}`, { signal })).json())
  }
  for (const { question, expected } of QUESTIONS) {
    let { cursor } = await read(0)
    const since = performance.now()
    await fetch(messagesUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'text', text: question }),
      signal,
    })
    const answers: string[] = []
    const isExpected = () => expected.every((words) => answers.some((answer) => answer.includes(words)))
    while (!isExpected() && performance.now() - since < ANSWER_MS_MAX) {
      await delay(5, undefined, { signal })
      const news = await read(cursor)
      cursor = news.cursor
      answers.push(...news.messages.flatMap((it) => (it.direction === 'outbound' ? [it.text ?? ''] : [])))
    }
    yield { question, answers, tookMs: performance.now() - since, isExpected: isExpected() }
  }
}
