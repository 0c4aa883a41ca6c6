import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { closeHelp, endTakeover, takeOver } from '@waybill/database'
import { type Bench, CONVERSATION, openBench, textOf, today } from './assistant-bench.ts'

let bench: Bench
let assistant: AsyncDisposable

beforeEach(async () => {
  bench = await openBench()
  assistant = await bench.start()
})
afterEach(async () => {
  await assistant[Symbol.asyncDispose]()
  await bench[Symbol.asyncDispose]()
})

const notices = async () =>
  (
    await bench.pool.query<{ kind: string; priority: string; text: string; reason: string | null }>(
      'SELECT kind, priority, text, reason FROM dispatch_notices ORDER BY seq',
    )
  ).rows
const tap = (id: string) => ({
  kind: 'interactive',
  body: { interactive: { type: 'button_reply', button_reply: { id, title: 'x' } } },
})
const texts = async () => (await bench.settled()).map(textOf)

it('asks dispatch for a person once, with the last exchanges and without phone numbers', async () => {
  await bench.receive('orders')
  await bench.settled()
  await bench.receive('falar com uma pessoa')
  await bench.settled()
  await bench.receive('Talk to a person')
  const [, asked, waiting] = await texts()
  expect(asked).toMatch(/^🙋 /)
  expect(waiting).toMatch(
    /^🙋 (?:Dispatch has had your request for 1 minute|A central já tem o seu chamado há 1 minuto)/,
  )
  expect(await notices()).toEqual([
    {
      ...{ kind: 'help', priority: 'high', reason: 'falar com uma pessoa' },
      text: 'Asks for a person.\n\nBefore that:\nDriver: orders\nAssistant: listed 3 orders of today',
    },
  ])
  expect(await closeHelp(bench.pool, CONVERSATION, 'Ana')).toBe(1)
  await bench.receive('human')
  await bench.settled()
  expect(await notices()).toHaveLength(2)
})

it('asks once for two wishes in one turn, and by a button of any day', async () => {
  await bench.receive('human', 'human', tap('person:-:2020-01-01'))
  await bench.settled()
  expect(await notices()).toHaveLength(1)
})

it('is silent while a person has the conversation: words and taps are recorded, and nothing acts', async () => {
  await bench.receive('orders')
  await bench.settled()
  await takeOver(bench.pool, CONVERSATION, { by: 'Ana', ms: 60_000 })
  await bench.receive('what now?')
  await bench.settled()
  await bench.receive('confirm 12345', tap(`confirm:12345:${today()}`), tap(`accept:-:${today()}`))
  await bench.settled()
  const replies = await texts()
  expect(replies).toHaveLength(2)
  expect(replies[1]).toContain('A person from dispatch has this conversation now')
  expect((await bench.pool.query('SELECT FROM order_commands')).rowCount).toBe(0)
  expect((await bench.pool.query("SELECT FROM audit WHERE action = 'turn.left-to-person'")).rowCount).toBe(4)
  expect(bench.model.asked).toEqual([])
})

it('answers again when the takeover is over, and a yes to the person answers nothing that it had asked', async () => {
  await bench.receive('orders')
  await bench.settled()
  await bench.receive('1', tap(`details:12345:${today()}`))
  await bench.settled()
  await bench.receive({ kind: 'text', body: { text: { body: 'I confirm' } } })
  await bench.settled()
  await takeOver(bench.pool, CONVERSATION, { by: 'Ana', ms: 60_000 })
  await bench.pool.query(`UPDATE takeovers SET since = since - interval '1 minute'`)
  expect(await endTakeover(bench.pool, CONVERSATION, 'Ana')).toBe(true)
  await bench.receive('yes')
  await bench.settled()
  await bench.receive('orders')
  expect((await texts()).at(-1)).toContain('You have 3 orders today')
  expect((await bench.pool.query('SELECT FROM order_commands')).rowCount).toBe(0)
})

it('resumes by itself at the end', async () => {
  await bench.receive('orders')
  await bench.settled()
  await takeOver(bench.pool, CONVERSATION, { by: 'Ana', ms: 60_000 })
  await bench.pool.query(
    `UPDATE takeovers SET since = since - interval '2 hours', until = since - interval '1 hour'`,
  )
  await bench.receive('next')
  expect((await texts()).at(-1)).toContain('Your next stop')
})
