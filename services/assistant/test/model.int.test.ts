import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { eventually } from '@waybill/test-kit'
import { z } from 'zod'
import { type Bench, openBench, textOf } from './assistant-bench.ts'
import { modelChoosing } from './fake-upstreams.ts'

let bench: Bench
let assistant: AsyncDisposable | undefined

beforeEach(async () => {
  bench = await openBench()
})
afterEach(async () => {
  await assistant?.[Symbol.asyncDispose]()
  await bench[Symbol.asyncDispose]()
})

const asked = z.object({
  model: z.string(),
  models: z.array(z.string()).optional(),
  provider: z.record(z.string(), z.unknown()),
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
})
const bodies = () => bench.model.asked.map(({ body }) => asked.parse(body))
const outcomes = async () =>
  (await bench.pool.query<{ outcome: string }>('SELECT outcome FROM model_calls ORDER BY id')).rows.map(
    ({ outcome }) => outcome,
  )
const choosing = (name: string, args = '{}') => ({
  body: {
    model: 'openai/gpt-5-mini',
    choices: [
      {
        finish_reason: 'tool_calls',
        message: { content: null, tool_calls: [{ function: { name, arguments: args } }] },
      },
    ],
  },
})
const JUST_ORDERS = choosing('get_orders').body
const failing = (status: number, headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: { error: { code: status, message: 'no' } },
})

it('tells the model what was wrong with its answer, and takes the next one', async () => {
  bench.model.answerWith(({ body }) =>
    JSON.stringify(body).includes('was not taken')
      ? modelChoosing({ name: 'get_next_order', args: { language: 'en' } })
      : choosing('get_next_order', '{"driver_id":"driver-maria"}'),
  )
  assistant = await bench.start()
  await bench.receive('so tell me where I am heading')
  const [reply] = await bench.settled()
  expect(reply && textOf(reply)).toContain('Your next stop')
  expect(await outcomes()).toEqual(['arguments', 'calls'])
  expect(bodies()[1]?.messages[1]?.content).toContain('get_next_order does not take these arguments')
  expect(bodies()[1]?.messages[1]?.content).not.toContain('maria')
})

it.each([
  ['an unknown tool', choosing('drop_tables'), 'unknown-tool'],
  ['an extra argument', choosing('get_orders', '{"sql":"x"}'), 'arguments'],
  ['broken JSON', choosing('get_orders', '{"day":'), 'broken-json'],
  ['an error inside a 200', { body: { error: { code: 502, message: 'down' } } }, 'error'],
  ['more than it may say', { body: { ...JUST_ORDERS, more: 'x'.repeat(1024 * 1024) } }, 'error'],
  ['nothing', { body: { choices: [{ finish_reason: 'length', message: { content: '' } }] } }, 'empty'],
])('falls to the rules after %s twice', async (_what, answer, outcome) => {
  bench.model.answerWith(() => answer)
  assistant = await bench.start()
  await bench.receive('please show me my route')
  const [reply] = await bench.settled()
  expect(reply && textOf(reply)).toContain('You have 3 orders today, Johan!')
  expect(await outcomes()).toEqual([outcome, outcome])
})

it('asks nobody again without credits, and lets the rules answer', async () => {
  bench.model.answerWith(() => failing(402))
  assistant = await bench.start()
  await bench.receive('please show me my route')
  await bench.settled()
  await bench.receive('whats my day look like')
  const replies = await bench.settled()
  expect(replies.map(textOf)).toEqual([
    expect.stringContaining('You have 3 orders today'),
    expect.stringContaining('You have 3 orders today'),
  ])
  expect([bench.model.asked.length, await outcomes()]).toEqual([1, ['payment-required', 'held']])
})

it('asks a model that is at its rate again when it said so, and not before', async () => {
  bench.model.answerWith(() => failing(429, { 'retry-after': '1' }))
  assistant = await bench.start()
  await bench.receive('please show me my route')
  await bench.settled()
  await bench.receive('whats my day look like')
  await bench.settled()
  expect([bench.model.asked.length, await outcomes()]).toEqual([1, ['rate-limited', 'held']])
  bench.model.answerWith(() => modelChoosing({ name: 'get_orders', args: {} }))
  await eventually(
    async () => {
      await bench.receive('so what is there for me')
      await bench.settled()
      return (await outcomes()).at(-1) === 'calls'
    },
    { what: 'the model to be asked again' },
  )
})

it('does both things that a message asks for', async () => {
  bench.model.answerWith(() =>
    modelChoosing({ name: 'get_orders', args: { language: 'en' } }, { name: 'get_next_order', args: {} }),
  )
  assistant = await bench.start()
  await bench.receive('show my orders and then my next stop')
  const text = (await bench.settled()).map(textOf).join('\n')
  expect(text).toContain('You have 3 orders today')
  expect(text).toContain('Your next stop')
})

it('makes four calls for a turn at most, and runs six tools of the model', async () => {
  bench.model.answerWith(() =>
    modelChoosing(
      { name: 'get_orders', args: {} },
      { name: 'help', args: {} },
      { name: 'get_next_order', args: {} },
    ),
  )
  await bench.receive(...[1, 2, 3, 4, 5, 6].map((it) => `so give me the lot of it, part ${it}`))
  assistant = await bench.start()
  await bench.hint()
  await bench.settled()
  expect(bench.model.asked).toHaveLength(4)
  const { rows } = await bench.pool.query(
    "SELECT 1 FROM audit WHERE action = 'turn.tool-called' AND detail ->> 'path' = 'model'",
  )
  expect(rows).toHaveLength(6)
})

it('lets any provider read and translate where none is named', async () => {
  bench.model.answerWith(() => modelChoosing({ name: 'get_orders', args: {} }))
  assistant = await bench.start({ OPENROUTER_PROVIDERS: 'any' })
  await bench.receive("Bonjour, quelles sont mes livraisons aujourd'hui ?")
  await bench.settled()
  const anybody = { require_parameters: true, data_collection: 'deny' }
  expect(bodies().map(({ provider }) => provider)).toEqual([anybody, anybody])
})

it('names its fallbacks and its providers, and records the model that answered', async () => {
  bench.model.answerWith(() => {
    const { body, ...rest } = modelChoosing({ name: 'get_orders', args: {} })
    return { ...rest, body: { ...z.record(z.string(), z.unknown()).parse(body), model: 'acme/backup' } }
  })
  assistant = await bench.start({
    OPENROUTER_FALLBACK_MODELS: 'acme/backup, acme/other',
    OPENROUTER_PROVIDERS: 'openai,acme',
  })
  await bench.receive('please show me my route')
  await bench.settled()
  const [body] = bodies()
  expect(body).toMatchObject({
    model: 'openai/gpt-5-mini',
    models: ['acme/backup', 'acme/other'],
    provider: { only: ['openai', 'acme'], require_parameters: true, data_collection: 'deny' },
  })
  const { rows } = await bench.pool.query(
    'SELECT purpose, model, prompt_tokens, cached_tokens, is_cache_hit FROM model_calls',
  )
  expect(rows).toEqual([
    {
      purpose: 'understand',
      model: 'acme/backup',
      prompt_tokens: 1_700,
      cached_tokens: 1_536,
      is_cache_hit: false,
    },
  ])
})
