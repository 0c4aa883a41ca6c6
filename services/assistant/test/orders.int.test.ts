import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { addDays, clockTime } from '../src/replies/local-time.ts'
import { type Bench, openBench, TIME_ZONE, textOf, today } from './assistant-bench.ts'
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

async function reply(...message: Parameters<Bench['receive']>): Promise<string> {
  await bench.receive(...message)
  const last = (await bench.settled()).at(-1)
  return last ? textOf(last) : ''
}
const modelSays = (name: string, args: Record<string, string | boolean>) =>
  bench.model.answerWith(() => modelChoosing({ name, args }))
const later = (body: string) => ({ kind: 'text', body: { text: { body } }, sentAt: Date.now() + 1_000 })
const commands = async () =>
  (await bench.pool.query('SELECT kind, payload FROM order_commands ORDER BY seq')).rows
const tomorrow = () => addDays(today(), 1)
/** Tomorrow has two orders of its own. */
const twoDays = () =>
  bench.orders.answerWith(({ path }) => {
    const isTomorrow = path.includes(tomorrow())
    const day = johansDay(isTomorrow ? tomorrow() : today())
    const body = isTomorrow ? JSON.stringify(day.body).replaceAll('1234', '5678') : JSON.stringify(day.body)
    return { body: JSON.parse(body) }
  })

it("chooses by number among tomorrow's orders once they were shown, and confirms none of them", async () => {
  twoDays()
  modelSays('get_orders', { day: 'tomorrow' })
  expect(await reply('what do I have tomorrow')).toContain('2. #56786 - Westside Restaurant')
  const details = await reply('2')
  expect(details).toContain('#56786')
  expect(details).not.toContain('confirm:')
  modelSays('confirm_order', { order_ref: '2' })
  expect(await reply('confirm 2')).toContain("Order #56786 is one of tomorrow's")
  modelSays('confirm_order', { order_ref: '56787' })
  expect(await reply('confirm 56787')).toContain("Order #56787 is one of tomorrow's")
  expect(await commands()).toEqual([])
})

it('says what is left, and where the driver is late', async () => {
  bench.orders.answerWith(() => {
    const day = johansDay(today(), { '12345': 'delivered' })
    const over = new Date(Date.now() - 25 * 60_000).toISOString()
    const body = JSON.stringify(day.body)
    return {
      body: JSON.parse(
        body.replace(/("window":\{"start":"[^"]*","end":")[^"]*("\},"status":"assigned")/, `$1${over}$2`),
      ),
    }
  })
  modelSays('get_orders', { only: 'left' })
  const left = await reply('how many are left')
  expect(left).toContain('📦 2 orders left of 3 today, Johan.')
  expect(left).toContain('1. #12346')
  expect(await reply('1')).toContain('#12346')
  modelSays('get_orders', { only: 'late' })
  const late = await reply('where am I late')
  const until = clockTime(Date.now() - 25 * 60_000, 'en', TIME_ZONE)
  expect(late).toContain('#12346 - Westside Restaurant')
  expect(late).toMatch(/⚠️ late: until \d+:\d\d [AP]M, 2\d minutes ago/)
  expect(until).toMatch(/[AP]M$/)
})

it('asks once before it confirms all, and sends one command for each', async () => {
  modelSays('confirm_order', { all: true })
  expect(await reply('confirm them all')).toContain('Do you want to confirm all 3 orders?')
  expect(await commands()).toEqual([])
  expect(await reply(later('yes'))).toBe(
    "✅ 3 orders confirmed. I'm passing it on.".replace('orders', 'orders are'),
  )
  expect((await commands()).map(({ payload }) => payload.orderId)).toEqual(['12345', '12346', '12347'])
  expect(await reply('confirm them all')).toBe('You have no orders to confirm right now.')
})

it('finds the open stop that is nearest to a location', async () => {
  const text = await reply({ kind: 'location', body: { location: { latitude: 40.751, longitude: -73.99 } } })
  expect(text).toContain('📍 Thanks! Your nearest open stop is 111 m away')
  expect(text).toContain(`report:arrived~12345:${today()}`)
  expect(text).toContain(`details:12345:${today()}`)
})
