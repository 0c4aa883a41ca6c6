import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { checkInDue, type OrderEvent, orderEventReceived, orderEventsDue } from '@waybill/contracts'
import { takeOver } from '@waybill/database'
import { eventually } from '@waybill/test-kit'
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

async function say(words: string) {
  const [wamid] = await bench.receive(words)
  const reply = (await bench.settled()).at(-1)
  return { wamid, text: reply && textOf(reply) }
}
const optedOutBy = async () =>
  (await bench.pool.query('SELECT opted_out_by FROM drivers')).rows[0]?.opted_out_by
const notices = async () =>
  (await bench.pool.query<{ kind: string }>('SELECT kind FROM dispatch_notices ORDER BY seq')).rows.map(
    ({ kind }) => kind,
  )

it('S34: heeds STOP before the open question and without a model, says how to come back, and tells dispatch once', async () => {
  await say('confirm 12345')
  const orders = bench.orders.asked.length
  const models = bench.model.asked.length
  const { wamid, text } = await say('Stop.')
  expect(text).toMatch(/^🔕 .*START/s)
  expect(await optedOutBy()).toBe(wamid)
  await say('STOP')
  expect(await notices()).toEqual(['opted-out'])
  expect(bench.orders.asked.length - orders + bench.model.asked.length - models).toBe(0)
  const { rows } = await bench.pool.query(
    "SELECT driver_id, detail FROM audit WHERE action = 'driver.opted-out'",
  )
  expect(rows[0]).toEqual({ driver_id: 'driver-johan', detail: { wamid } })

  expect((await say('orders')).text).toContain('You have 3 orders today')
  expect((await say('start')).text).toMatch(/^🔔 .*STOP/s)
  expect(await optedOutBy()).toBeNull()
  expect(await notices()).toEqual(['opted-out', 'opted-in'])
  expect((await say('start')).text).toContain('Hi Johan')
})

it.each([
  ['pt', '🔕 Certo'],
  ['es', '🔕 De acuerdo'],
])('S34: answers STOP in the driver’s language: %s', async (language, words) => {
  await bench.pool.query('UPDATE drivers SET language = $1', [language])
  expect((await say('STOP')).text).toContain(words)
})

it('S34: heeds STOP while a person has the conversation, and of a driver who is suspended', async () => {
  await say('help')
  await takeOver(bench.pool, CONVERSATION, { by: 'Ana', ms: 60_000 })
  const { wamid, text } = await say('parar')
  expect(text).toContain('🔕')
  expect(await optedOutBy()).toBe(wamid)
  await bench.pool.query("UPDATE drivers SET opted_out_at = NULL, opted_out_by = NULL, status = 'suspended'")
  const again = await say('stop')
  expect(again.text).toContain('suspended')
  expect(await optedOutBy()).toBe(again.wamid)
})

it('S34: of what falls due for a driver who has opted out nothing is written, and dispatch hears of what is urgent', async () => {
  await say('STOP')
  const before = (await bench.replies()).length
  await bench.pool.query(
    `INSERT INTO check_ins (driver_id, date, act_at) VALUES ('driver-johan', $1, now())`,
    [today()],
  )
  const event: OrderEvent = {
    ...{ id: 'e-1', driver_id: 'driver-johan', occurred_at: new Date().toISOString() },
    ...{ priority: 'urgent', type: 'order.changed', order_id: '12345' },
  }
  await bench.messaging.publish(orderEventReceived, event, { messageId: event.id })
  await eventually(
    async () => {
      await bench.messaging.publish(checkInDue, { driverId: 'driver-johan', date: today() })
      await bench.messaging.publish(orderEventsDue, { driverId: 'driver-johan' })
      const { rows } = await bench.pool.query(
        'SELECT (SELECT state FROM check_ins) AS asked, (SELECT state FROM order_events) AS told',
      )
      return rows[0]?.asked === 'skipped' && rows[0]?.told === 'moot'
    },
    { what: 'the check-in and the event to be left' },
  )
  expect(await notices()).toEqual(['opted-out', 'unreachable'])
  expect(await bench.replies()).toHaveLength(before)
})
