import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { startFaultProxy } from '@waybill/test-kit'
import { type Bench, openBench, textOf } from './assistant-bench.ts'

let bench: Bench
let assistant: AsyncDisposable | undefined

beforeEach(async () => {
  bench = await openBench()
})
afterEach(async () => {
  await assistant?.[Symbol.asyncDispose]()
  await bench[Symbol.asyncDispose]()
})

const NOBODY = '127.0.0.1:1'

it('P9: without Redis it is slower and still right', async () => {
  assistant = await bench.start({ REDIS_URL: `redis://${NOBODY}` })
  await bench.receive('orders')
  await bench.settled()
  await bench.receive('3')
  const [orders, details] = await bench.settled()
  expect(orders && textOf(orders)).toContain('You have 3 orders today, Johan!')
  expect(details && textOf(details)).toContain('Airport Terminal B')
})

it('P9: with a Redis that does not answer it is still right', async () => {
  await using redis = await startFaultProxy(bench.urls.redis)
  assistant = await bench.start({ REDIS_URL: redis.url })
  await bench.receive('orders')
  await bench.settled()
  await bench.eventuallyCached()
  redis.set({ dropUp: true, dropDown: true })
  await bench.receive('3')
  const [, details] = await bench.settled()
  expect(details && textOf(details)).toContain('Airport Terminal B')
})

it('P9: a session that Redis has lost or broken is read from PostgreSQL', async () => {
  assistant = await bench.start()
  await bench.receive('orders')
  await bench.settled()
  await bench.redis.flushdb()
  await bench.receive('2')
  await bench.settled()
  for (const key of await bench.redis.keys('session:*')) await bench.redis.set(key, '{"turnId":7')
  await bench.receive('3')
  const [, second, third] = await bench.settled()
  expect(second && textOf(second)).toContain('Westside Restaurant')
  expect(third && textOf(third)).toContain('Airport Terminal B')
})

it('P9: without the order system it shows the last known orders with their age', async () => {
  assistant = await bench.start()
  await bench.receive('orders')
  await bench.settled()
  await bench.eventuallyCached()
  for (const key of await bench.redis.keys('orders:*')) {
    const stored = JSON.parse((await bench.redis.get(key)) ?? '')
    await bench.redis.set(key, JSON.stringify({ ...stored, at: Date.now() - 12 * 60_000 }))
  }
  bench.orders.answerWith(() => ({ status: 503, body: { error: 'down' } }))
  await bench.receive('orders')
  const [, stale] = await bench.settled()
  expect(stale && textOf(stale)).toContain(
    "⚠️ I can't reach the order system right now. Your last known orders, 12 minutes old:\n\n📦 You have 3 orders today, Johan!",
  )
})

it('P9: without the order system and without anything known it says so', async () => {
  bench.orders.answerWith(() => ({ status: 200, body: { orders: [{ id: 1 }] } }))
  assistant = await bench.start()
  await bench.receive('orders')
  const [reply] = await bench.settled()
  expect(reply && textOf(reply)).toContain(
    "I can't reach the order system right now, so I can't see your orders.",
  )
})

it('P9: without the model the common requests still work, and it says what does not', async () => {
  bench.model.answerWith(() => ({ status: 502, body: { error: { code: 502, message: 'down' } } }))
  assistant = await bench.start()
  await bench.receive('What are my orders today?')
  await bench.settled()
  await bench.receive('2')
  await bench.settled()
  await bench.receive('sing me a song')
  const [orders, details, song] = await bench.settled()
  expect(orders && textOf(orders)).toContain('You have 3 orders today, Johan!')
  expect(details && textOf(details)).toContain('Westside Restaurant')
  expect(song && textOf(song)).toContain("I can't reach the language service right now.")
})

it('never sends what the model has written', async () => {
  const choices = [
    { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'You have 9 orders!' } },
  ]
  bench.model.answerWith(() => ({ body: { id: 'x', object: 'chat.completion', model: 'm', choices } }))
  assistant = await bench.start()
  await bench.receive('how is the weather')
  const [reply] = await bench.settled()
  expect(reply && textOf(reply)).toContain("Sorry, I didn't get that.")
})

it('does without the model when it does not answer in time', async () => {
  bench.model.answerWith(() => new Promise(() => {}))
  assistant = await bench.start({ MODEL_TIMEOUT_MS: '300' })
  await bench.receive('show me my route please')
  const [reply] = await bench.settled()
  expect(reply && textOf(reply)).toContain('You have 3 orders today, Johan!')
  const { rows } = await bench.pool.query('SELECT outcome FROM model_calls')
  expect(rows).toEqual([{ outcome: 'timeout' }])
})
