import { env } from 'node:process'
import { describe, expect, it } from '@jest/globals'
import { eventually } from '@waybill/test-kit'
import { Registry } from 'prom-client'
import { z } from 'zod'
import { queuesOf } from '../src/topology.ts'
import { numberIn, outcomeOf, useBroker } from './test-broker.ts'

const broker = useBroker()

describe('recovery', () => {
  it('loses nothing that was confirmed or not acknowledged when the broker closes both connections (users: kept-or-again)', async () => {
    const noted = broker.contract()
    const messaging = await broker.connect([noted], { name: 'to-be-closed' })
    const confirmed = new Set<number>()
    const handled = new Set<number>()
    await messaging.consume(noted, { concurrency: 5 }, async ({ payload }) => void handled.add(payload.n))

    const publishing = new AbortController()
    const load = (async () => {
      for (let n = 0; !publishing.signal.aborted; n += 1) {
        if ((await outcomeOf(messaging.publish(noted, { n }))) === 'confirmed') confirmed.add(n)
        else await eventually(() => messaging.isReady(), { what: 'the connection to come back' })
      }
    })()
    await closeConnections('to-be-closed publish', 'to-be-closed consume')
    const confirmedBefore = confirmed.size
    await eventually(() => messaging.isReady() && confirmed.size > confirmedBefore + 100, {
      what: 'confirms after the cut',
    })
    publishing.abort()
    await load
    await eventually(() => [...confirmed].every((n) => handled.has(n)), { what: 'all that was confirmed' })
    expect(confirmed.size).toBeGreaterThan(confirmedBefore)
  })

  it('delivers again what was in hand, marked and counted as redelivered, and tells the old handler', async () => {
    const noted = broker.contract()
    const proxy = await broker.proxy()
    const registry = new Registry()
    const messaging = await broker.connect([noted], { url: proxy.url, registry })
    const seen: { isRedelivered: boolean; signal: AbortSignal }[] = []
    const held = Promise.withResolvers<void>()
    await messaging.consume(noted, { concurrency: 10 }, async ({ isRedelivered, signal }) => {
      seen.push({ isRedelivered, signal })
      if (!isRedelivered) await held.promise
    })
    await messaging.publish(noted, { n: 1 })
    await eventually(() => seen.length === 1, { what: 'the first delivery' })
    proxy.resetAll()
    await eventually(() => seen.length === 2, { what: 'the second delivery' })
    held.resolve()
    expect(seen.map(({ isRedelivered }) => isRedelivered)).toEqual([false, true])
    expect(seen.map(({ signal }) => signal.aborted)).toEqual([true, false])
    expect(await registry.metrics()).toContain(`waybill_messages_redelivered_total{queue="${noted.queue}"} 1`)
  })

  it('makes up for what is missing beside a queue that is there', async () => {
    const noted = broker.contract()
    const { main, aside } = queuesOf(noted)
    await broker.withChannel(async (channel) => {
      for (const { name, arguments: args } of [main, ...aside])
        await channel.assertQueue(name, { durable: true, arguments: { ...args } })
    })
    const messaging = await broker.connect([noted])
    await messaging.deadLetter(noted, Buffer.from('{"n":1}'), 'for the test')
    expect(numberIn((await broker.take(`${noted.queue}.dead`)).content)).toBe(1)
  })

  it('declares its queue again and goes on consuming when the queue was deleted', async () => {
    const noted = broker.contract()
    const other = broker.contract()
    const messaging = await broker.connect([noted, other])
    const handled: number[] = []
    const finish = Promise.withResolvers<void>()
    const otherSignal = Promise.withResolvers<AbortSignal>()
    await messaging.consume(noted, { concurrency: 1 }, async ({ payload }) => void handled.push(payload.n))
    await messaging.consume(other, { concurrency: 1 }, async ({ signal }) => {
      otherSignal.resolve(signal)
      await finish.promise
    })
    await messaging.publish(other, { n: 0 })
    const { aborted } = await otherSignal.promise
    expect(aborted).toBe(false)

    await broker.withChannel((channel) => channel.deleteQueue(noted.queue))
    await eventually(async () => (await outcomeOf(messaging.publish(noted, { n: 1 }))) === 'confirmed', {
      what: 'the queue to be back',
    })
    await eventually(() => handled.length === 1 && messaging.isReady(), { what: 'the consumer to be back' })
    expect((await otherSignal.promise).aborted).toBe(false) // what it had in hand was not disturbed
    finish.resolve()
  })

  it('is not ready, and stops in time, while the broker is silent', async () => {
    const noted = broker.contract()
    const proxy = await broker.proxy()
    const messaging = await broker.connect([noted], { url: proxy.url })
    await messaging.consume(noted, { concurrency: 1 }, async () => {})
    proxy.set({ dropUp: true, dropDown: true })
    await messaging[Symbol.asyncDispose]()
    expect(messaging.isReady()).toBe(false)
    expect(await outcomeOf(messaging.publish(noted, { n: 1 }))).toBe('disconnected')
  })
})

const connectionsSchema = z.array(
  z.object({ name: z.string(), client_properties: z.object({ connection_name: z.string().optional() }) }),
)

/** The management API learns of a connection some seconds after it was opened. */
async function closeConnections(...names: string[]): Promise<void> {
  const { origin, username, password } = new URL(env.TEST_RABBITMQ_MANAGEMENT_URL ?? '')
  const headers = { authorization: `Basic ${btoa(`${username}:${password}`)}` }
  for (const name of names) {
    const found = await eventually(
      async () => {
        const answer = await fetch(`${origin}/api/vhosts/${broker.vhost.name}/connections`, { headers })
        const open = connectionsSchema.parse(await answer.json())
        return open.find(({ client_properties }) => client_properties.connection_name === name)
      },
      { what: `the connection ${name}`, timeoutMs: 20_000 },
    )
    await fetch(`${origin}/api/connections/${encodeURIComponent(found.name)}`, { method: 'DELETE', headers })
  }
}
