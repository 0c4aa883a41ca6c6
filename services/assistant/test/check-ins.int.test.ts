import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { checkInDue } from '@waybill/contracts'
import { eventually } from '@waybill/test-kit'
import { type Bench, openBench, textOf, today } from './assistant-bench.ts'
import { modelChoosing } from './fake-upstreams.ts'

let bench: Bench
let assistant: AsyncDisposable

beforeEach(async () => {
  bench = await openBench()
  await bench.pool.query("UPDATE drivers SET check_in_until = '24:00'")
  assistant = await bench.start()
})
afterEach(async () => {
  await assistant[Symbol.asyncDispose]()
  await bench[Symbol.asyncDispose]()
})

const open = () =>
  bench.pool.query(`INSERT INTO check_ins (driver_id, date, act_at) VALUES ('driver-johan', $1, now())`, [
    today(),
  ])
const hint = () => bench.messaging.publish(checkInDue, { driverId: 'driver-johan', date: today() })
const stateOf = async () => (await bench.pool.query('SELECT state FROM check_ins')).rows[0]?.state
const untilState = (state: string) =>
  eventually(
    async () => {
      if ((await stateOf()) === state) return true
      await hint()
      return false
    },
    { what: `the check-in to be ${state}` },
  )

it('asks once, however often it is hinted at', async () => {
  await open()
  await Promise.all([hint(), hint(), hint(), hint()])
  await untilState('asked')
  await bench.receive({ kind: 'text', body: { text: { body: '1' } }, sentAt: Date.now() + 1_000 })
  const replies = await bench.settled()
  expect(replies.map(({ message }) => message.type)).toEqual(['interactive', 'text'])
  expect(replies.map(textOf).at(-1)).toContain("Today's route is accepted, Johan")
})

it('does not ask while the driver has something else to answer', async () => {
  bench.model.answerWith(() => modelChoosing({ name: 'confirm_order', args: { language: 'en' } }))
  await bench.receive('confirm please')
  await bench.settled()
  await open()
  await hint()
  await bench.receive({ kind: 'text', body: { text: { body: '2' } }, sentAt: Date.now() + 1_000 })
  await bench.settled()
  await untilState('asked')
  const [which, confirmed, question] = (await bench.replies()).map(textOf)
  expect(which).toContain('Which order do you want to confirm?')
  expect(confirmed).toBe("✅ Order #12346 is confirmed. I'm passing it on.")
  expect(question).toContain('Good morning, Johan!')
})

it('asks as soon as the order system can be read', async () => {
  bench.orders.answerWith(() => ({ status: 503, body: {} }))
  await open()
  await hint()
  await eventually(() => bench.orders.asked.length > 0, { what: 'the orders to be asked for' })
  expect([await stateOf(), await bench.replies()]).toEqual(['due', []])
  bench.orders.answerWith(() => ({ body: { driver_id: 'driver-johan', orders: [] } }))
  await untilState('skipped')
  expect(await bench.replies()).toEqual([])
})
