import { describe, expect, it } from '@jest/globals'
import { eventually } from '@waybill/test-kit'
import { PermanentError, RetryAfterError } from '../src/index.ts'
import { range, useBroker } from './test-broker.ts'

const broker = useBroker()
const retry = { attemptsMax: 3, delayMsMin: 50, delayMsMax: 100 }

describe('consume', () => {
  it('hands over the payload with what came with it, and acknowledges', async () => {
    const noted = broker.contract()
    const messaging = await broker.connect([noted])
    const got = Promise.withResolvers<unknown>()
    const consumer = await messaging.consume(noted, { concurrency: 1 }, async (delivery) =>
      got.resolve(delivery),
    )
    const properties = { messageId: 'id-1', correlationId: 'request-1', traceparent: '00-a-b-01' }
    await messaging.publish(noted, { n: 1 }, { ...properties, headers: { place: 'gate' } })
    expect(await got.promise).toMatchObject({
      ...properties,
      payload: { n: 1 },
      attempt: 1,
      isRedelivered: false,
      headers: { place: 'gate' },
    })
    await consumer.stop()
    expect(await broker.readyIn(noted.queue)).toBe(0)
  })

  it('keeps a message that is returned more often than RabbitMQ 4 would allow by itself', async () => {
    const noted = broker.contract()
    const messaging = await broker.connect([noted])
    await messaging.publish(noted, { n: 1 })
    for (const _return of range(25)) {
      await broker.withChannel(async (channel) => {
        const message = await eventually(() => channel.get(noted.queue), { what: 'the message' })
        if (message) channel.nack(message, false, true)
      })
    }
    expect((await broker.take(noted.queue)).content.toString()).toBe('{"n":1}')
  })

  it('works on as many messages at once as it was told to, and no more', async () => {
    const noted = broker.contract()
    const messaging = await broker.connect([noted])
    const go = Promise.withResolvers<void>()
    let working = 0
    let workingMost = 0
    let done = 0
    await messaging.consume(noted, { concurrency: 3 }, async () => {
      working += 1
      workingMost = Math.max(workingMost, working)
      await go.promise
      working -= 1
      done += 1
    })
    for (const n of range(10)) await messaging.publish(noted, { n })
    await eventually(() => working === 3, { what: 'three at once' })
    go.resolve()
    await eventually(() => done === 10, { what: 'all ten' })
    expect(workingMost).toBe(3)
  })

  it('retries through the delay queues, each longer, then sets aside with reason and headers', async () => {
    const noted = broker.contract({ retry })
    const messaging = await broker.connect([noted])
    const attempts: unknown[] = []
    await messaging.consume(noted, { concurrency: 1 }, async ({ attempt, headers }) => {
      const [lastDeath] = Array.isArray(headers['x-death']) ? headers['x-death'] : []
      attempts.push([attempt, lastDeath?.queue, lastDeath?.reason])
      throw new Error('boom')
    })
    await messaging.publish(noted, { n: 1 }, { headers: { place: 'gate' }, messageId: 'id-1' })

    const dead = await broker.take(`${noted.queue}.dead`)
    expect(attempts).toEqual([
      [1, undefined, undefined],
      [2, `${noted.queue}.retry.50`, 'expired'],
      [3, `${noted.queue}.retry.100`, 'expired'],
    ])
    expect(dead.properties).toMatchObject({
      messageId: 'id-1',
      headers: {
        place: 'gate',
        'waybill-reason': 'exhausted',
        'waybill-error': 'boom',
        'waybill-attempts': 3,
      },
    })
  })

  it('comes back no sooner than the other side asked for', async () => {
    const noted = broker.contract({ retry })
    const messaging = await broker.connect([noted])
    const waited = Promise.withResolvers<unknown>()
    await messaging.consume(noted, { concurrency: 1 }, async ({ attempt, headers }) => {
      if (attempt === 1) throw new RetryAfterError('slow down', 80)
      waited.resolve(Array.isArray(headers['x-death']) ? headers['x-death'][0]?.queue : undefined)
    })
    await messaging.publish(noted, { n: 1 })
    expect(await waited.promise).toBe(`${noted.queue}.retry.100`)
  })

  it.each([
    ['what can never work', '{"n":1}', 'no such driver'],
    ['what does not match its contract', '{"n":"one"}', 'n: Invalid input: expected number, received string'],
    ['what is not JSON', 'one', 'payload is not JSON'],
  ])('sets aside at once %s, and goes on', async (_case, body, error) => {
    const noted = broker.contract({ retry })
    const messaging = await broker.connect([noted])
    const next = Promise.withResolvers<void>()
    await messaging.consume(noted, { concurrency: 1 }, async ({ payload }) => {
      if (payload.n !== 2) throw new PermanentError('no such driver')
      next.resolve()
    })
    await broker.withChannel(async (channel) =>
      channel.publish('waybill', noted.routingKey, Buffer.from(body)),
    )
    await messaging.publish(noted, { n: 2 })
    await next.promise
    const dead = await broker.take(`${noted.queue}.dead`)
    expect(dead.content.toString()).toBe(body)
    expect(dead.properties.headers).toMatchObject({
      'waybill-reason': 'permanent',
      'waybill-error': expect.stringContaining(error),
      'waybill-attempts': 1,
    })
  })

  it('holds a message that it cannot set aside until the broker takes it', async () => {
    const noted = broker.contract()
    const messaging = await broker.connect([noted])
    let failures = 0
    await messaging.consume(noted, { concurrency: 1 }, async () => {
      // The dead-letter queue is away: a publish to it is returned.
      if (failures === 0) await broker.withChannel((channel) => channel.deleteQueue(`${noted.queue}.dead`))
      failures += 1
      throw new PermanentError('never')
    })
    await messaging.publish(noted, { n: 1 })
    await eventually(() => failures === 1, { what: 'the failure' })
    await broker.connect([noted]) // declares what is missing
    await broker.take(`${noted.queue}.dead`)
    expect(failures).toBe(1)
  })

  it('finishes what it has in hand when it is stopped, and leaves the rest in the queue', async () => {
    const noted = broker.contract()
    const messaging = await broker.connect([noted])
    const started = Promise.withResolvers<void>()
    const finish = Promise.withResolvers<void>()
    const finished: number[] = []
    const consumer = await messaging.consume(noted, { concurrency: 1 }, async ({ payload }) => {
      started.resolve()
      await finish.promise
      finished.push(payload.n)
    })
    await messaging.publish(noted, { n: 1 })
    await messaging.publish(noted, { n: 2 })
    await started.promise
    let isStopped = false
    const stopped = consumer.stop().then(() => {
      isStopped = true
    })
    for (const _ of range(5)) await broker.readyIn(noted.queue) // the broker has had time to cancel
    expect(isStopped).toBe(false)
    finish.resolve()
    await stopped
    expect(finished).toEqual([1])
    const left = await broker.take(noted.queue)
    expect(left.fields.redelivered).toBe(false)
    expect(left.content.toString()).toBe('{"n":2}')
  })

  it('can still publish while the last handlers finish', async () => {
    const [noted, answered] = [broker.contract(), broker.contract()]
    const messaging = await broker.connect([noted, answered])
    const started = Promise.withResolvers<void>()
    const finish = Promise.withResolvers<void>()
    await messaging.consume(noted, { concurrency: 1 }, async ({ payload }) => {
      started.resolve()
      await finish.promise
      await messaging.publish(answered, payload)
    })
    await messaging.publish(noted, { n: 1 })
    await started.promise
    const stopped = messaging.stopConsuming()
    finish.resolve()
    await stopped
    expect((await broker.take(answered.queue)).content.toString()).toBe('{"n":1}')
    expect(await broker.readyIn(noted.queue)).toBe(0)
    await messaging.publish(noted, { n: 2 })
    expect((await broker.take(noted.queue)).content.toString()).toBe('{"n":2}')
  })

  it('tells a handler that a stop runs out of time, and gives its message back', async () => {
    const noted = broker.contract()
    const messaging = await broker.connect([noted], { drainMsMax: 50 })
    const started = Promise.withResolvers<AbortSignal>()
    await messaging.consume(noted, { concurrency: 1 }, async ({ signal }) => {
      started.resolve(signal)
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    })
    await messaging.publish(noted, { n: 1 })
    const signal = await started.promise
    await messaging[Symbol.asyncDispose]()
    expect(signal.aborted).toBe(true)
    expect((await broker.take(noted.queue)).fields.redelivered).toBe(true)
  })
})
