import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { conversationReady, turnStarted } from '@waybill/contracts'
import { recordWebhooks } from '@waybill/database'
import { eventually } from '@waybill/test-kit'
import { type Bench, openBench } from './assistant-bench.ts'

// Of ten turns eight may wait for the model, and the drivers of the first five see that somebody is typing.
const TURNS = 10
const ASKING_MAX = 8
const TYPING_MAX = 5

let bench: Bench
let assistant: AsyncDisposable

beforeAll(async () => {
  bench = await openBench()
  assistant = await bench.start({ TURNS_IN_FLIGHT: String(TURNS) })
}, 20_000)
afterAll(async () => {
  await assistant[Symbol.asyncDispose]()
  await bench[Symbol.asyncDispose]()
})

const phoneOf = (n: number) => `1212555020${n}`

/** A driver of his own writes. */
async function write(n: number, words: string): Promise<string> {
  const phone = phoneOf(n)
  const wamid = `wamid.overload.${n}`
  await bench.pool.query(`INSERT INTO drivers (id, name, time_zone) VALUES ($1, 'Ana', 'America/New_York')`, [
    phone,
  ])
  await bench.pool.query(`INSERT INTO identities (kind, value, driver_id) VALUES ('phone', $1, $1)`, [phone])
  const message = {
    ...{ wamid, phone_number_id: '100000000000001', phone, wa_id: phone, user_id: undefined },
    ...{ kind: 'text', body: { text: { body: words } }, received_us: n, position: 0 },
    sent_at: new Date().toISOString(),
  }
  await recordWebhooks(bench.pool, { messages: [message], receipts: [], events: [] })
  await bench.messaging.publish(conversationReady, { conversationId: `100000000000001:${phone}` })
  return wamid
}

async function answerTo(wamid: string): Promise<string> {
  return eventually(
    async () => {
      const { rows } = await bench.pool.query<{ text: string }>(
        'SELECT message::text AS text FROM outbound WHERE reply_to = $1',
        [wamid],
      )
      return rows[0]?.text
    },
    { what: `an answer to ${wamid}` },
  )
}

it('S13: more than it can do: first nobody is shown as typing, then free words get a sentence, never is the rest held up', async () => {
  const typing: string[] = []
  await bench.messaging.consume(turnStarted, { concurrency: 1 }, async ({ payload }) => {
    typing.push(payload.wamid)
  })
  const released = Promise.withResolvers<void>()
  bench.model.answerWith(async () => {
    await released.promise
    return { status: 502, body: {} }
  })
  const stuck = await Promise.all(
    Array.from({ length: ASKING_MAX }, (_, n) =>
      write(n, `does anybody know where crate ${'abcdefgh'[n]} belongs`),
    ),
  )
  await eventually(() => bench.model.asked.length === ASKING_MAX, { what: 'the model to be asked' })

  expect(await answerTo(await write(8, 'sing me a song'))).toContain("can't reach the language service")
  expect(await answerTo(await write(9, 'help'))).toContain('orders')
  expect(bench.model.asked).toHaveLength(ASKING_MAX)
  expect(typing).toHaveLength(TYPING_MAX)

  released.resolve()
  for (const wamid of stuck) await answerTo(wamid)
}, 30_000)
