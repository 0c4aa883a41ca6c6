import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type OrderEvent, orderEventReceived, orderEventsDue } from '@waybill/contracts'
import { eventually } from '@waybill/test-kit'
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

  it('about orders that are not the driver’s are told to nobody', async () => {
    await raise(changed('1', '99999'))
    await recorded(1)
    await until(['moot'])
    expect(await bench.replies()).toEqual([])
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
