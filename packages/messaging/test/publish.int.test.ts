import { describe, expect, it } from '@jest/globals'
import { defineQueue } from '@waybill/contracts'
import { eventually } from '@waybill/test-kit'
import { Registry } from 'prom-client'
import { z } from 'zod'
import { startBlockingProxy } from './blocking-proxy.ts'
import { numberIn, outcomeOf, range, useBroker } from './test-broker.ts'

const broker = useBroker()

describe('publish', () => {
  it('resolves when the broker has the message, persistent and with its properties', async () => {
    const noted = broker.contract()
    const messaging = await broker.connect([noted])
    const properties = { messageId: 'id-1', correlationId: 'request-1', traceparent: '00-a-b-01' }
    await messaging.publish(noted, { n: 1 }, { ...properties, headers: { place: 'gate' } })

    const message = await broker.take(noted.queue)
    expect(numberIn(message.content)).toBe(1)
    expect(message.properties).toMatchObject({
      messageId: 'id-1',
      correlationId: 'request-1',
      deliveryMode: 2,
      headers: { traceparent: '00-a-b-01', place: 'gate' },
    })
  })

  it('leaves raw bytes as they are', async () => {
    const raw = defineQueue({ ...broker.contract(), schema: z.instanceof(Uint8Array) })
    const messaging = await broker.connect([raw])
    const bytes = Uint8Array.from({ length: 300_000 }, (_, n) => n % 256)
    await messaging.publish(raw, bytes.subarray(1))
    const { content } = await broker.take(raw.queue)
    expect(content.equals(bytes.subarray(1))).toBe(true)
  })

  it('fails what reaches no queue although the broker confirms it, and only that', async () => {
    const [noted, unbound] = [broker.contract(), broker.contract()]
    const messaging = await broker.connect([noted])
    const outcomes = await Promise.all(
      [noted, unbound, noted].map((contract) =>
        outcomeOf(messaging.publish(contract, { n: 1 }, { messageId: 'shared' })),
      ),
    )
    expect(outcomes).toEqual(['confirmed', 'returned', 'confirmed'])
  })

  it('fails when the queue is full', async () => {
    const tiny = broker.contract({ lengthBytesMax: 10 })
    const messaging = await broker.connect([tiny])
    const failure = await eventually(
      async () => {
        const outcome = await outcomeOf(messaging.publish(tiny, { n: 1 }))
        return outcome === 'confirmed' ? undefined : outcome
      },
      { what: 'the queue to be full' },
    )
    expect(failure).toBe('nacked')
  })

  it('fails at its deadline when the confirm is lost, and works again when the network is back', async () => {
    const noted = broker.contract()
    const proxy = await broker.proxy()
    const registry = new Registry()
    const messaging = await broker.connect([noted], { url: proxy.url, registry })
    proxy.set({ dropDown: true })
    expect(await outcomeOf(messaging.publish(noted, { n: 1 }, { timeoutMs: 50 }))).toBe('timeout')

    proxy.set({})
    proxy.resetAll()
    await eventually(async () => (await outcomeOf(messaging.publish(noted, { n: 2 }))) === 'confirmed', {
      what: 'a confirm',
    })
    const metrics = await registry.metrics()
    expect(metrics).toContain(
      `waybill_messages_published_total{routing_key="${noted.routingKey}",outcome="timeout"} 1`,
    )
  })

  it('takes no more than it can bound while the broker confirms nothing', async () => {
    const noted = broker.contract()
    const proxy = await broker.proxy()
    const messaging = await broker.connect([noted], { url: proxy.url })
    proxy.set({ dropDown: true })
    const missed = range(2_000).map((n) => outcomeOf(messaging.publish(noted, { n }, { timeoutMs: 1 })))
    expect(new Set(await Promise.all(missed))).toEqual(new Set(['timeout']))
    expect(await outcomeOf(messaging.publish(noted, { n: 2_000 }))).toBe('overloaded')
  })

  it('fails at once without a connection, and keeps nothing for later', async () => {
    const noted = broker.contract()
    const proxy = await broker.proxy()
    const messaging = await broker.connect([noted], { url: proxy.url })
    proxy.set({ refuse: true })
    proxy.resetAll()
    await eventually(() => !messaging.isReady(), { what: 'the loss to be seen' })
    expect(await outcomeOf(messaging.publish(noted, { n: 1 }))).toBe('disconnected')

    proxy.set({})
    await eventually(async () => (await outcomeOf(messaging.publish(noted, { n: 2 }))) === 'confirmed', {
      what: 'a confirm',
    })
    expect(numberIn((await broker.take(noted.queue)).content)).toBe(2)
  })

  it('fails what is in flight when the connection is lost, without waiting for its deadline', async () => {
    const noted = broker.contract()
    const proxy = await broker.proxy()
    const messaging = await broker.connect([noted], { url: proxy.url })
    proxy.set({ dropDown: true })
    const inFlight = outcomeOf(messaging.publish(noted, { n: 1 }, { timeoutMs: 60_000 }))
    proxy.resetAll()
    expect(await inFlight).toBe('disconnected')
  })

  it('fails at once while the broker takes nothing, and says so in isReady', async () => {
    const noted = broker.contract()
    await using proxy = await startBlockingProxy(broker.vhost.url)
    await using messaging = await broker.connect([noted], { url: proxy.url })
    proxy.block('low on disk')
    await eventually(() => !messaging.isReady(), { what: 'the alarm to be seen' })
    expect(await outcomeOf(messaging.publish(noted, { n: 1 }, { timeoutMs: 60_000 }))).toBe('blocked')

    proxy.unblock()
    await eventually(() => messaging.isReady(), { what: 'the end of the alarm' })
    expect(await outcomeOf(messaging.publish(noted, { n: 2 }))).toBe('confirmed')
  })

  it('waits for its confirms when it is disposed', async () => {
    const noted = broker.contract()
    const messaging = await broker.connect([noted])
    const inFlight = range(200).map((n) => outcomeOf(messaging.publish(noted, { n })))
    await messaging[Symbol.asyncDispose]()
    expect(new Set(await Promise.all(inFlight))).toEqual(new Set(['confirmed']))
  })

  it('sets aside by hand, with the reason and the headers it came with', async () => {
    const noted = broker.contract()
    const messaging = await broker.connect([noted])
    await messaging.deadLetter(noted, Buffer.from('not json'), 'not JSON', { headers: { ingressId: 'i-1' } })
    const dead = await broker.take(`${noted.queue}.dead`)
    expect(dead.content.toString()).toBe('not json')
    expect(dead.properties.headers).toMatchObject({
      ingressId: 'i-1',
      'waybill-reason': 'set aside',
      'waybill-error': 'not JSON',
    })
  })
})
