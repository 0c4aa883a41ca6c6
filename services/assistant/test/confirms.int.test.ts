import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { orderCommandsReady } from '@waybill/contracts'
import { eventually } from '@waybill/test-kit'
import { type Bench, openBench, textOf, today } from './assistant-bench.ts'
import { johansDay, modelChoosing } from './fake-upstreams.ts'

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

const tap = (id: string, sentAt = Date.now()) => ({
  kind: 'interactive',
  body: { interactive: { type: 'button_reply', button_reply: { id, title: 'x' } } },
  sentAt,
})
const confirmations = () => bench.orders.asked.filter(({ method }) => method === 'POST')
const commands = async () =>
  (await bench.pool.query('SELECT id, kind, payload, state FROM order_commands')).rows
const lastReply = async () => {
  const reply = (await bench.settled()).at(-1)
  return reply ? textOf(reply) : ''
}

it('P6: a confirmation is recorded, and brought to the order system with one key until it gets through', async () => {
  let isDown = true
  bench.orders.answerWith(({ method }) => {
    if (method === 'GET') return johansDay(today())
    return isDown ? { status: 503, body: {} } : { body: { order: {}, already_confirmed: false } }
  })
  await bench.receive(tap(`confirm:12346:${today()}`))
  expect(await lastReply()).toBe("✅ Order #12346 is confirmed. I'm passing it on.")
  await eventually(() => confirmations().length >= 1, { what: 'the first try' })
  const tryAgain = async () => {
    await bench.pool.query("UPDATE lanes SET not_before = NULL WHERE kind = 'order-commands'")
    await bench.messaging.publish(orderCommandsReady, { driverId: 'driver-johan' })
  }
  await eventually(
    async () => {
      await tryAgain()
      return confirmations().length >= 3
    },
    { what: 'more tries' },
  )
  isDown = false
  await eventually(
    async () => {
      await tryAgain()
      return (await commands())[0]?.state === 'done'
    },
    { what: 'the command to be done' },
  )
  const [command] = await commands()
  expect(command).toMatchObject({ kind: 'confirm-order', payload: { orderId: '12346' } })
  const keys = new Set(confirmations().map(({ headers }) => headers['idempotency-key']))
  expect([...keys]).toEqual([command?.id])
  expect(confirmations()[0]).toMatchObject({
    path: '/drivers/driver-johan/orders/confirm',
    body: { order_ref: '12346' },
  })
})

it('shows an order as confirmed before the order system has heard of it, and takes no second word', async () => {
  bench.orders.answerWith(({ method }) => (method === 'GET' ? johansDay(today()) : { status: 503, body: {} }))
  await bench.receive(tap(`confirm:12346:${today()}`))
  await bench.settled()
  await bench.receive(tap(`confirm:12346:${today()}`))
  expect(await lastReply()).toBe('✅ Order #12346 is already confirmed.')
  await bench.receive(tap(`details:12346:${today()}`))
  expect(await lastReply()).toContain('Status: confirmed')
  expect(await commands()).toHaveLength(1)
})

it('tells the driver when the order system has refused', async () => {
  bench.orders.answerWith(({ method }) =>
    method === 'GET'
      ? johansDay(today())
      : { status: 409, body: { error: { message: 'the order is already delivered' } } },
  )
  await bench.receive(tap(`confirm:12346:${today()}`))
  await eventually(async () => (await bench.replies()).length === 2, { what: 'the second reply' })
  expect(await lastReply()).toBe(
    '⚠️ The order system did not accept the confirmation of order #12346. Please talk to dispatch.',
  )
  expect((await commands())[0]?.state).toBe('rejected')
})

it('asks which one, and confirms the one that is chosen', async () => {
  bench.model.answerWith(() => modelChoosing({ name: 'confirm_order', args: { language: 'en' } }))
  await bench.receive('confirm please, all good')
  expect(await lastReply()).toContain('Which order do you want to confirm?')
  expect(await commands()).toEqual([])
  await bench.receive({ kind: 'text', body: { text: { body: '2' } }, sentAt: Date.now() + 1_000 })
  expect(await lastReply()).toBe("✅ Order #12346 is confirmed. I'm passing it on.")
})

it.each([
  ["don't confirm 12346", '12346'],
  ['did I confirm 12346?', '12346'],
  ['confirm it', '12346'],
])('asks first when the model reads a confirmation into: %s', async (words, ref) => {
  bench.model.answerWith(() => modelChoosing({ name: 'confirm_order', args: { order_ref: ref } }))
  await bench.receive(words)
  expect(await lastReply()).toContain('Do you want to confirm order #12346 (Westside Restaurant)?')
  expect(await commands()).toEqual([])
  await bench.receive({ kind: 'text', body: { text: { body: 'yes' } }, sentAt: Date.now() + 1_000 })
  expect(await lastReply()).toBe("✅ Order #12346 is confirmed. I'm passing it on.")
})

it('confirms what the driver has named', async () => {
  bench.model.answerWith(() => modelChoosing({ name: 'confirm_order', args: { order_ref: 'westside' } }))
  await bench.receive('I confirm the westside one')
  expect(await lastReply()).toBe("✅ Order #12346 is confirmed. I'm passing it on.")
})

it('does not take a yes that came in the same burst as the request, before the question was seen', async () => {
  bench.model.answerWith(() => modelChoosing({ name: 'confirm_order', args: { order_ref: '12346' } }))
  const sentAt = Date.now() - 5_000
  await bench.receive(
    { kind: 'text', body: { text: { body: 'should I confirm 12346?' } }, sentAt },
    { kind: 'text', body: { text: { body: 'yes' } }, sentAt },
  )
  expect(await lastReply()).toContain('To be sure, I ask again')
  expect(await commands()).toEqual([])
})

it('S9: does not apply a tap of yesterday or one that was sent long ago', async () => {
  await bench.receive(tap('confirm:12346:2020-01-01'))
  expect(await lastReply()).toContain('That choice is from an earlier day')
  await bench.receive(tap(`confirm:12346:${today()}`, Date.now() - 20 * 60_000))
  expect(await lastReply()).toContain('To be sure, I ask again')
  expect(await commands()).toEqual([])
})

it('S9: a tap that somebody has made up can do no more than words', async () => {
  await bench.receive(tap(`confirm:22301:${today()}`))
  expect(await lastReply()).toContain("I don't see #22301 among your orders")
  for (const id of [
    `confirm:12346:${today()}:driver-maria`,
    'confirm:12346',
    `cancel:12346:${today()}`,
    'confirm:*',
  ]) {
    await bench.receive(tap(id))
    expect(await lastReply()).not.toContain('confirmed')
  }
  expect(await commands()).toEqual([])
  expect(bench.orders.asked.every(({ path }) => path.startsWith('/drivers/driver-johan/'))).toBe(true)
})

it("P7, S7: does not see another driver's order, whatever the model says", async () => {
  bench.model.answerWith(() => modelChoosing({ name: 'get_order_details', args: { order_ref: '22301' } }))
  await bench.receive('show me order 22301 of maria')
  expect(await lastReply()).toBe('I don\'t see #22301 among your orders today. Type "orders" to see them.')
  expect(bench.orders.asked.every(({ path }) => path.startsWith('/drivers/driver-johan/'))).toBe(true)
})
