import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { confirmIdentity } from '@waybill/database'
import { type Bench, openBench, textOf, today } from './assistant-bench.ts'

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

it('S31: refuses an unknown person once a day, in a language that fits', async () => {
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
])('S33: tells an %s driver so', async (status, words) => {
  await bench.pool.query('UPDATE drivers SET status = $1', [status])
  await bench.receive('orders', 'next')
  const replies = await bench.settled()
  expect(replies).toHaveLength(1)
  expect(replies[0] && textOf(replies[0])).toContain(words)
  expect(upstreamCalls()).toEqual([])
})

it('S33: locks private data when WhatsApp says that somebody else may have the number', async () => {
  await bench.receive({ kind: 'system', body: { system: { type: 'customer_identity_changed', body: 'x' } } })
  await bench.settled()
  await bench.receive('orders')
  const replies = await bench.settled()
  expect(replies.map(textOf).every((text) => text.startsWith('🔒'))).toBe(true)
  const { rows } = await bench.pool.query('SELECT locked_reason FROM identities')
  expect(rows).toEqual([{ locked_reason: 'customer_identity_changed' }])
  expect(upstreamCalls()).toEqual([])
})

it.each(['inactive', 'suspended'])(
  'S33: in the midst of a conversation a driver who is %s from now on has no tools any more, by words or by taps',
  async (status) => {
    await bench.receive('confirm please', '1')
    await bench.settled()
    const before = upstreamCalls().length
    const commands = async () => (await bench.pool.query('SELECT FROM order_commands')).rowCount
    const written = await commands()
    await bench.pool.query('UPDATE drivers SET status = $1', [status])
    const id = `confirm:12345:${today()}`
    const button = { interactive: { type: 'button_reply', button_reply: { id, title: 'x' } } }
    await bench.receive('yes', 'orders', '1', { kind: 'interactive', body: button })
    const last = (await bench.settled()).at(-1)
    expect(last && textOf(last)).toMatch(/^Your driver account is|account is/)
    expect(upstreamCalls().length).toBe(before)
    expect(await commands()).toBe(written)
  },
)

it('S33: locks a number that comes under another user id, tells dispatch once, and serves again when that confirms', async () => {
  const from = (userId: string) => bench.pool.query('UPDATE conversations SET user_id = $1', [userId])
  await bench.receive('help')
  await bench.settled()
  await from('US.first')
  await bench.receive('orders')
  await bench.settled()
  const before = upstreamCalls().length
  await from('US.second')
  await bench.receive('orders')
  await bench.receive('next')
  const replies = await bench.settled()
  expect(replies.slice(-1).map(textOf)[0]).toMatch(/^🔒/)
  expect(upstreamCalls().length).toBe(before)
  const { rows } = await bench.pool.query('SELECT driver_id, kind FROM dispatch_notices')
  expect(rows).toEqual([{ driver_id: 'driver-johan', kind: 'identity-locked' }])

  expect(await confirmIdentity(bench.pool, 'driver-johan', 'Ana')).toBe(true)
  expect(await confirmIdentity(bench.pool, 'driver-johan', 'Ana')).toBe(false)
  await bench.receive('orders')
  expect((await bench.settled()).map(textOf).at(-1)).toContain('You have 3 orders today')
  const identities = await bench.pool.query("SELECT value FROM identities WHERE kind = 'user_id'")
  expect(identities.rows).toEqual([{ value: 'US.second' }])
})
