import { afterAll, afterEach, beforeAll } from '@jest/globals'
import { defineQueue, type QueueContract } from '@waybill/contracts'
import { eventually, freshVhost, startFaultProxy } from '@waybill/test-kit'
import amqp, { type ChannelModel } from 'amqplib'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { z } from 'zod'
import { connectMessaging, type Messaging } from '../src/index.ts'

export const numbered = z.object({ n: z.number() })
type Overrides = Partial<Omit<QueueContract<typeof numbered>, 'schema'>>

/** A vhost of its own for the file, an observer that is none of ours, and everything disposed after each test. */
export function useBroker() {
  let vhost: Awaited<ReturnType<typeof freshVhost>>
  let observer: ChannelModel
  let contracts = 0
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

  /** With a queue that no other test uses. */
  function contract(overrides: Overrides = {}) {
    contracts += 1
    return defineQueue({
      queue: `test.queue-${contracts}`,
      routingKey: `event-${contracts}.v1`,
      schema: numbered,
      retry: { attemptsMax: 1, delayMsMin: 100, delayMsMax: 100 },
      ...overrides,
    })
  }

  async function connect(
    declared: readonly QueueContract[],
    { url = vhost.url, registry = new Registry(), name = 'test', drainMsMax = 15_000 } = {},
  ): Promise<Messaging> {
    const log = pino({ level: 'silent' })
    const messaging = await connectMessaging({ url, name, log, registry, contracts: declared, drainMsMax })
    opened.push(messaging)
    return messaging
  }

  async function proxy() {
    const started = await startFaultProxy(vhost.url)
    opened.push(started)
    return started
  }

  async function withChannel<T>(work: (channel: amqp.Channel) => Promise<T>): Promise<T> {
    const channel = await observer.createChannel()
    try {
      return await work(channel)
    } finally {
      await channel.close()
    }
  }

  /** Waits for a message and removes it. */
  const take = (queue: string) =>
    withChannel((channel) =>
      eventually(async () => (await channel.get(queue, { noAck: true })) || undefined, {
        what: `a message in ${queue}`,
      }),
    )

  /** Messages that no consumer has. */
  async function readyIn(queue: string): Promise<number> {
    const { messageCount } = await withChannel((channel) => channel.checkQueue(queue))
    return messageCount
  }

  return {
    contract,
    connect,
    proxy,
    take,
    readyIn,
    withChannel,
    get vhost() {
      return vhost
    },
  }
}

export function numberIn(content: Buffer): number {
  return numbered.parse(JSON.parse(content.toString())).n
}

export const range = (length: number) => Array.from({ length }, (_, n) => n)

/** The reason, or `confirmed`. */
export async function outcomeOf(publish: Promise<void>): Promise<unknown> {
  try {
    await publish
    return 'confirmed'
  } catch (error) {
    return error instanceof Error && 'reason' in error ? error.reason : error
  }
}
