import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type OrderEvent, orderEventReceived, orderEventsDue } from '@waybill/contracts'
import { eventually } from '@waybill/test-kit'
import { type Bench, openBench, textOf, today } from './assistant-bench.ts'
import { johansDay } from './fake-upstreams.ts'

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

const common = {
  driver_id: 'driver-johan',
  occurred_at: new Date().toISOString(),
  priority: 'urgent',
} as const
const changed = (id: string, order_id: string): OrderEvent => ({
  ...common,
  id,
  type: 'order.changed',
  order_id,
})

async function raise(...events: OrderEvent[]) {
  for (const event of events)
    await bench.messaging.publish(orderEventReceived, event, { messageId: event.id })
}
const statesOf = async () => {
  const { rows } = await bench.pool.query<{ state: string }>('SELECT state FROM order_events ORDER BY id')
  return rows.map(({ state }) => state)
}
const recorded = (count: number) =>
  eventually(async () => (await statesOf()).length === count, { what: `${count} events to be recorded` })
const until = (states: string[]) =>
  eventually(
    async () => {
      if ((await statesOf()).join() === states.join()) return true
      await bench.messaging.publish(orderEventsDue, { driverId: 'driver-johan' })
      return false
    },
    { what: `the events to be ${states.join()}` },
  )

describe('order events', () => {
  it('that come together are told together, with the orders as they are now', async () => {
    await raise(changed('1', '12345'), changed('2', '12346'))
    await recorded(2)
    await until(['told', 'told'])
    const texts = (await bench.replies()).map(textOf)
    expect(texts).toHaveLength(1)
    expect(texts[0]).toContain('Johan, there is news:')
    expect(texts[0]).toContain('✏️ Changed: #12345 - Tech Corp Inc')
    expect(texts[0]).toContain('✏️ Changed: #12346 - Westside Restaurant')
  })

  it('are told once, however often they come', async () => {
    await raise(changed('1', '12346'), changed('1', '12346'))
    await recorded(1)
    await until(['told'])
    await raise(changed('1', '12346'))
    await bench.messaging.publish(orderEventsDue, { driverId: 'driver-johan' })
    expect(await bench.settled()).toHaveLength(1)
  })

  it('about orders that are not the driver’s are told to nobody and set aside, the others are told', async () => {
    await raise(changed('1', '99999'), changed('2', '12346'))
    await recorded(2)
    await until(['moot', 'told'])
    const texts = (await bench.replies()).map(textOf)
    expect(texts).toEqual([expect.stringContaining('#12346')])
    expect(texts.join()).not.toContain('99999')
    // Once for everybody who was looking at it just then.
    const letters = await bench.deadLetters(orderEventReceived)
    expect(new Set(letters.map((letter) => JSON.parse(letter).order_id))).toEqual(new Set(['99999']))
  })

  it('about a new route leave a list behind: "2" is its second stop', async () => {
    await raise({ ...common, id: '1', type: 'route.changed' })
    await recorded(1)
    await until(['told'])
    await bench.receive({ kind: 'text', body: { text: { body: '2' } }, sentAt: Date.now() + 1_000 })
    const [news, details] = (await bench.settled()).map(textOf)
    expect(news).toContain('2. #12346 - Westside Restaurant')
    expect(details).toContain('📦 #12346')
  })

  it('wait for the order system to know of a cancellation, too', async () => {
    await raise({ ...common, id: '1', type: 'order.cancelled', order_id: '12346' })
    await recorded(1)
    await bench.messaging.publish(orderEventsDue, { driverId: 'driver-johan' })
    await eventually(() => bench.orders.asked.length > 0, { what: 'the orders to be asked for' })
    expect(await statesOf()).toEqual(['waiting'])
    bench.orders.answerWith(() => johansDay(today(), { '12346': 'cancelled' }))
    await until(['told'])
    expect((await bench.replies()).map(textOf)).toEqual([
      expect.stringContaining('❌ Cancelled: #12346 - Westside Restaurant'),
    ])
  })

  it('wait while the order system is away', async () => {
    bench.orders.answerWith(() => ({ status: 503, body: {} }))
    await raise(changed('1', '12346'))
    await recorded(1)
    await bench.messaging.publish(orderEventsDue, { driverId: 'driver-johan' })
    await eventually(() => bench.orders.asked.length > 0, { what: 'the orders to be asked for' })
    expect([await statesOf(), await bench.replies()]).toEqual([['waiting'], []])
  })

  it('of nobody we know are set aside with the reason', async () => {
    await raise({ ...changed('1', '12346'), driver_id: 'nobody' })
    const letters = await eventually(
      async () => {
        const found = await bench.deadLetters(orderEventReceived)
        return found.length > 0 && found
      },
      { what: 'the event to be set aside' },
    )
    expect(letters).toEqual([expect.stringContaining('nobody')])
  })
})
