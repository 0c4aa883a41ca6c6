import { describe, expect, it } from '@jest/globals'
import { eventually } from '@waybill/test-kit'
import { numberIn, range, useBroker } from './test-broker.ts'

const broker = useBroker()

describe('consumeBatch', () => {
  it('takes what is there, at most batchMax, one batch at a time', async () => {
    const noted = broker.contract()
    const messaging = await broker.connect([noted])
    for (const n of range(25)) await messaging.publish(noted, { n })

    const batches: number[][] = []
    let running = 0
    let runningMost = 0
    await messaging.consumeBatch(noted, { batchMax: 10, waitMs: 200 }, async (batch) => {
      running += 1
      runningMost = Math.max(runningMost, running)
      await new Promise(setImmediate)
      batches.push(batch.map(({ body }) => numberIn(body)))
      running -= 1
    })
    await eventually(() => batches.flat().length === 25, { what: 'all of them' })
    expect(batches.flat()).toEqual(range(25))
    expect(batches[0]).toEqual(range(10))
    expect(Math.max(...batches.map(({ length }) => length))).toBe(10)
    expect(runningMost).toBe(1)
  })

  it('holds a batch that fails: the same messages again, in order, none returned to the queue', async () => {
    const noted = broker.contract({ isSingleActiveConsumer: true })
    const messaging = await broker.connect([noted])
    const tried: number[][] = []
    const handled: { n: number; isRedelivered: boolean }[] = []
    for (const n of range(20)) await messaging.publish(noted, { n })
    await messaging.consumeBatch(noted, { batchMax: 5, waitMs: 1 }, async (batch) => {
      tried.push(batch.map(({ body }) => numberIn(body)))
      if (tried.length <= 3) throw new Error('the database is away')
      handled.push(...batch.map(({ body, isRedelivered }) => ({ n: numberIn(body), isRedelivered })))
    })
    await eventually(() => handled.length === 20, { what: 'all twenty' })
    expect(tried[1]).toEqual(tried[0])
    expect(tried[2]).toEqual(tried[0])
    expect(handled).toEqual(range(20).map((n) => ({ n, isRedelivered: false })))
  })

  it('acknowledges only what was handled: the rest comes again after a lost connection, in order', async () => {
    const noted = broker.contract({ isSingleActiveConsumer: true })
    const proxy = await broker.proxy()
    const messaging = await broker.connect([noted], { url: proxy.url })
    for (const n of range(20)) await messaging.publish(noted, { n })

    const handled: number[] = []
    let isAway = true
    let failures = 0
    await messaging.consumeBatch(noted, { batchMax: 5, waitMs: 1 }, async (batch) => {
      if (isAway && handled.length > 0) {
        failures += 1
        throw new Error('the database is away')
      }
      handled.push(...batch.map(({ body }) => numberIn(body)))
    })
    await eventually(() => failures > 0, { what: 'a batch to be held' })
    proxy.resetAll()
    isAway = false
    await eventually(() => new Set(handled).size === 20, { what: 'all twenty' })
    // The first batch may come twice: its acknowledgement may have been on the line.
    expect([...new Set(handled)]).toEqual(range(20))
    expect(handled.slice(-15)).toEqual(range(20).slice(5))
  })

  it('forgets what the lost channel had delivered while a batch of it was still being handled', async () => {
    const noted = broker.contract({ isSingleActiveConsumer: true })
    const proxy = await broker.proxy()
    const messaging = await broker.connect([noted], { url: proxy.url })
    for (const n of range(20)) await messaging.publish(noted, { n })

    const handled: number[] = []
    const isHeld = Promise.withResolvers<void>()
    const fail = Promise.withResolvers<void>()
    let batches = 0
    await messaging.consumeBatch(noted, { batchMax: 5, waitMs: 1 }, async (batch) => {
      batches += 1
      if (batches === 1) {
        isHeld.resolve()
        await fail.promise
      }
      handled.push(...batch.map(({ body }) => numberIn(body)))
    })
    await isHeld.promise
    await eventually(async () => (await broker.readyIn(noted.queue)) === 10, { what: 'a second batch' })
    proxy.set({ refuse: true }) // or it would be back before anybody looks
    proxy.resetAll()
    await eventually(() => !messaging.isReady(), { what: 'the loss to be seen' })
    proxy.set({})
    await eventually(async () => messaging.isReady() && (await broker.readyIn(noted.queue)) === 10, {
      what: 'the same two batches on a new channel',
    })
    fail.reject(new Error('the database is away'))
    await eventually(() => handled.length === 20, { what: 'all twenty' })
    expect(handled).toEqual(range(20))
  })

  it('stops without waiting for a batch that it holds, and leaves it to the next consumer', async () => {
    const noted = broker.contract({ isSingleActiveConsumer: true })
    const messaging = await broker.connect([noted])
    for (const n of range(3)) await messaging.publish(noted, { n })
    let failures = 0
    const stuck = await messaging.consumeBatch(noted, { batchMax: 5, waitMs: 1 }, async () => {
      failures += 1
      throw new Error('the database is away')
    })
    await eventually(() => failures > 0, { what: 'a batch to be held' })
    await stuck.stop()

    const handled: number[] = []
    await messaging.consumeBatch(noted, { batchMax: 5, waitMs: 1 }, async (batch) => {
      handled.push(...batch.map(({ body }) => numberIn(body)))
    })
    await eventually(() => handled.length === 3, { what: 'all three' })
    expect(handled).toEqual(range(3))
  })
})
