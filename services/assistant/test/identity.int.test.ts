import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { type Bench, openBench, textOf } from './assistant-bench.ts'

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

/** Nobody here may see data or cost a model call. */
const upstreamCalls = () => [...bench.orders.asked, ...bench.model.asked]

it('refuses an unknown person once a day, in a language that fits', async () => {
  await bench.pool.query('DELETE FROM identities')
  await bench.receive('Hola, ¿cuáles son mis pedidos?')
  await bench.settled()
  await bench.receive('¿hola?')
  const replies = await bench.settled()
  expect(replies.map(textOf)).toEqual([
    '¡Hola! Solo atiendo a conductores registrados y no conozco este número. Habla con tu central, por favor.',
  ])
  const { rows } = await bench.pool.query("SELECT 1 FROM audit WHERE action = 'auth.refused'")
  expect(rows).toHaveLength(2)
  expect(upstreamCalls()).toEqual([])
})

it('asks somebody without a phone number to share it', async () => {
  await bench.pool.query('DELETE FROM identities')
  await bench.receive('hello')
  await bench.settled()
  await bench.pool.query('UPDATE conversations SET phone = NULL, user_id = $1, refused_at = NULL', ['US.1'])
  await bench.receiveFromUser('US.1', 'hello')
  const reply = (await bench.settled()).at(-1)
  expect(reply && textOf(reply)).toContain("I can't see your phone number")
  expect(upstreamCalls()).toEqual([])
})

it.each([
  ['inactive', 'Your driver account is not active at the moment'],
  ['suspended', 'Your driver account is suspended'],
])('tells an %s driver so', async (status, words) => {
  await bench.pool.query('UPDATE drivers SET status = $1', [status])
  await bench.receive('orders', 'next')
  const replies = await bench.settled()
  expect(replies).toHaveLength(1)
  expect(replies[0] && textOf(replies[0])).toContain(words)
  expect(upstreamCalls()).toEqual([])
})

it('locks private data when WhatsApp says that somebody else may have the number', async () => {
  await bench.receive({ kind: 'system', body: { system: { type: 'customer_identity_changed', body: 'x' } } })
  await bench.settled()
  await bench.receive('orders')
  const replies = await bench.settled()
  expect(replies.map(textOf).every((text) => text.startsWith('🔒'))).toBe(true)
  const { rows } = await bench.pool.query('SELECT locked_reason FROM identities')
  expect(rows).toEqual([{ locked_reason: 'customer_identity_changed' }])
  expect(upstreamCalls()).toEqual([])
})
