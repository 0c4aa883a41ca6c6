import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { defineQueue, type QueueContract } from '@waybill/contracts'
import { eventually, freshVhost, startFaultProxy } from '@waybill/test-kit'
import amqp, { type ChannelModel } from 'amqplib'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { z } from 'zod'
import { connectMessaging, PermanentError } from '../src/index.ts'

const policy = { attemptsMax: 3, delayMsMin: 100, delayMsMax: 200 }
const numbered = z.object({ n: z.number() })
const noted = defineQueue({ queue: 'test.noted', routingKey: 'noted.v1', schema: numbered, retry: policy })
const tiny = defineQueue({
  queue: 'test.tiny',
  routingKey: 'tiny.v1',
  schema: numbered,
  retry: { ...policy, attemptsMax: 1 },
  lengthBytesMax: 10,
})
const unbound = defineQueue({
  queue: 'test.unbound',
  routingKey: 'unbound.v1',
  schema: numbered,
  retry: policy,
})

let vhost: Awaited<ReturnType<typeof freshVhost>>
let observer: ChannelModel
const opened: AsyncDisposable[] = []

beforeAll(async () => {
  vhost = await freshVhost()
  observer = await amqp.connect(vhost.url)
})
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]()
})
afterAll(async () => {
  await observer.close()
  await vhost[Symbol.asyncDispose]()
})

async function connect(contracts: readonly QueueContract[], url = vhost.url) {
  const messaging = await connectMessaging({
    url,
    name: 'test',
    log: pino({ level: 'silent' }),
    registry: new Registry(),
    contracts,
  })
  opened.push(messaging)
  return messaging
}

async function take(queue: string) {
  const channel = await observer.createChannel()
  const message = await eventually(async () => (await channel.get(queue, { noAck: true })) || undefined, {
    what: `a message in ${queue}`,
  })
  await channel.close()
  return message
}

describe('publishing', () => {
  it('resolves when the broker has the message', async () => {
    const messaging = await connect([noted])
    await messaging.publish(noted, { n: 1 }, { messageId: 'id-1', traceparent: '00-a-b-01' })
    const message = await take(noted.queue)
    expect(JSON.parse(message.content.toString())).toEqual({ n: 1 })
    expect(message.properties).toMatchObject({
      messageId: 'id-1',
      deliveryMode: 2,
      headers: { traceparent: '00-a-b-01' },
    })
  })

  it('fails for a message that reaches no queue, although the broker confirms it', async () => {
    const messaging = await connect([noted])
    await expect(messaging.publish(unbound, { n: 1 })).rejects.toMatchObject({ reason: 'returned' })
  })

  it('fails when the queue is full', async () => {
    const messaging = await connect([tiny])
    const failure = await eventually(() => messaging.publish(tiny, { n: 1 }).then(() => undefined, String), {
      what: 'the queue to be full',
    })
    expect(failure).toBe('PublishError: not published: nacked')
  })

  it('fails at its deadline when the confirm is lost, and works again when the network is back', async () => {
    const proxy = await startFaultProxy(vhost.url)
    opened.push(proxy)
    const messaging = await connect([noted], proxy.url)
    proxy.set({ dropDown: true })
    await expect(messaging.publish(noted, { n: 2 }, { timeoutMs: 50 })).rejects.toMatchObject({
      reason: 'timeout',
    })
    proxy.set({})
    proxy.resetAll()
    await eventually(
      () =>
        messaging.publish(noted, { n: 3 }).then(
          () => true,
          () => undefined,
        ),
      { what: 'a confirm' },
    )
  })

  it('fails at once without a connection, and keeps nothing for later', async () => {
    const proxy = await startFaultProxy(vhost.url)
    opened.push(proxy)
    const messaging = await connect([noted], proxy.url)
    proxy.set({ refuse: true })
    proxy.resetAll()
    await eventually(() => !messaging.isReady(), { what: 'the loss to be seen' })
    await expect(messaging.publish(noted, { n: 4 })).rejects.toMatchObject({ reason: 'disconnected' })
  })
})

describe('consuming', () => {
  it('retries with a delay, then sets aside with the reason', async () => {
    const messaging = await connect([noted])
    const attempts: number[] = []
    await messaging.consume(noted, { concurrency: 1 }, async ({ attempt, payload }) => {
      if (payload.n !== 666) return
      attempts.push(attempt)
      throw new Error('boom')
    })
    await messaging.publish(noted, { n: 666 })
    const dead = await take(`${noted.queue}.dead`)
    expect(attempts).toEqual([1, 2, 3])
    expect(dead.properties.headers).toMatchObject({ 'waybill-reason': 'exhausted', 'waybill-error': 'boom' })
  })

  it.each([
    ['what can never work', { n: 1 }],
    ['what does not match its contract', { n: 'one' }],
  ])('sets aside at once %s', async (_case, payload) => {
    const messaging = await connect([noted])
    await messaging.consume(noted, { concurrency: 1 }, async () => {
      throw new PermanentError('never')
    })
    const channel = await observer.createChannel()
    channel.publish('waybill', noted.routingKey, Buffer.from(JSON.stringify(payload)))
    const dead = await take(`${noted.queue}.dead`)
    expect(dead.properties.headers).toMatchObject({ 'waybill-reason': 'permanent', 'waybill-attempts': 1 })
    await channel.close()
  })

  it('goes on after its connection was cut, and gets again what it had not acknowledged', async () => {
    const proxy = await startFaultProxy(vhost.url)
    opened.push(proxy)
    const messaging = await connect([noted], proxy.url)
    const seen: { n: number; isRedelivered: boolean }[] = []
    const held = Promise.withResolvers<void>()
    await messaging.consume(noted, { concurrency: 10 }, async ({ payload, isRedelivered }) => {
      seen.push({ n: payload.n, isRedelivered })
      if (!isRedelivered) await held.promise
    })
    await messaging.publish(noted, { n: 7 })
    await eventually(() => seen.length === 1, { what: 'the first delivery' })
    proxy.resetAll()
    await eventually(() => seen.length === 2, { what: 'the second delivery' })
    held.resolve()
    expect(seen).toEqual([
      { n: 7, isRedelivered: false },
      { n: 7, isRedelivered: true },
    ])
  })

  it('finishes what it has in hand when it is stopped', async () => {
    const messaging = await connect([noted])
    const started = Promise.withResolvers<void>()
    const finish = Promise.withResolvers<void>()
    let isFinished = false
    await messaging.consume(noted, { concurrency: 1 }, async () => {
      started.resolve()
      await finish.promise
      isFinished = true
    })
    await messaging.publish(noted, { n: 8 })
    await started.promise
    const stopped = messaging[Symbol.asyncDispose]()
    finish.resolve()
    await stopped
    opened.pop()
    expect(isFinished).toBe(true)
  })
})

describe('consuming in batches', () => {
  it('holds a batch that fails, and keeps its order', async () => {
    const messaging = await connect([noted])
    const handled: number[] = []
    let failures = 2
    await messaging.consumeBatch(noted, { batchMax: 5, waitMs: 1 }, async (batch) => {
      if (failures > 0) {
        failures -= 1
        throw new Error('the database is away')
      }
      handled.push(...batch.map(({ body }) => numbered.parse(JSON.parse(body.toString())).n))
    })
    for (let n = 0; n < 20; n += 1) await messaging.publish(noted, { n })
    await eventually(() => handled.length >= 20, { what: 'all twenty' })
    expect(handled).toEqual(Array.from({ length: 20 }, (_, n) => n))
  })
})
