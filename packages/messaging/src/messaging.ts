import { EXCHANGE, type Payload, type QueueContract } from '@waybill/contracts'
import type { ChannelModel } from 'amqplib'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import { type Connection, openConnection } from './connection.ts'
import { consumeEach, deadLetterHeaders, type Handler } from './consume.ts'
import { type BatchHandler, consumeInBatches } from './consume-batch.ts'
import { createMetrics } from './metrics.ts'
import { createPublisher, type PublishOptions } from './publisher.ts'
import type { Subscription } from './subscription.ts'
import { deadLetterQueueOf, declareTopology } from './topology.ts'

type Options = {
  url: string
  /** Shown by the broker for each connection: `ingress-1`. */
  name: string
  log: Logger
  registry: Registry
  /** Declared on every connect. */
  contracts: readonly QueueContract[]
  /** A peer that is silent for two heartbeats is cut off. */
  heartbeatSeconds?: number
}

export type Messaging = AsyncDisposable & {
  /** Can publish now, and consumes if it was asked to. */
  isReady(): boolean
  /** Resolves when the broker has confirmed; throws PublishError when it has not, or not in time. */
  publish<Q extends QueueContract>(contract: Q, payload: Payload<Q>, options?: PublishOptions): Promise<void>
  /** Sets a message aside by hand, with the reason in its headers. */
  deadLetter(
    contract: QueueContract,
    body: Uint8Array,
    reason: string,
    options?: PublishOptions,
  ): Promise<void>
  consume<Q extends QueueContract>(
    contract: Q,
    options: { concurrency: number },
    handler: Handler<Q>,
  ): Promise<void>
  consumeBatch(
    contract: QueueContract,
    options: { batchMax: number; waitMs: number },
    handler: BatchHandler,
  ): Promise<void>
}

const HEARTBEAT_SECONDS = 10

/**
 * Connects to the broker. Publishing and consuming have a connection each: a broker in alarm stops reading from
 * publishers, and consumers must go on. Disposing stops the consumers, waits for what they have in hand and for the
 * confirms, then closes.
 */
export async function connectMessaging(options: Options): Promise<Messaging> {
  const { log, contracts } = options
  const metrics = createMetrics(options.registry)
  const shared = { ...options, heartbeatSeconds: options.heartbeatSeconds ?? HEARTBEAT_SECONDS, metrics }
  const subscriptions: Subscription[] = []
  let publishing: Connection | undefined
  let consuming: Connection | undefined
  let consumingModel: ChannelModel | undefined

  const publisher = createPublisher(metrics, () => publishing?.isBlocked === true)
  publishing = await openConnection({
    ...shared,
    role: 'publish',
    async setup(model) {
      await declareTopology(model, contracts)
      await publisher.open(model)
    },
  })

  async function add(subscription: Subscription): Promise<void> {
    subscriptions.push(subscription)
    if (consuming?.isConnected && consumingModel) return subscription.subscribe(consumingModel)
    consuming ??= await openConnection({
      ...shared,
      role: 'consume',
      async setup(model) {
        consumingModel = model
        await declareTopology(model, contracts)
        for (const each of subscriptions) await each.subscribe(model)
      },
    })
  }

  return {
    isReady: () =>
      publishing.isConnected &&
      !publishing.isBlocked &&
      (subscriptions.length === 0 || consuming?.isConnected === true),
    publish: (contract, payload, publishOptions) =>
      publisher.publish(
        { exchange: EXCHANGE, routingKey: contract.routingKey },
        bytesOf(payload),
        publishOptions,
      ),
    deadLetter: (contract, body, reason, publishOptions) =>
      publisher.publish({ exchange: '', routingKey: deadLetterQueueOf(contract) }, bytesOf(body), {
        ...publishOptions,
        headers: { ...publishOptions?.headers, ...deadLetterHeaders(reason, 'set aside', 1) },
      }),
    consume: (contract, { concurrency }, handler) =>
      add(consumeEach(contract, { concurrency, handler, publisher, metrics, log })),
    consumeBatch: (contract, batchOptions, handler) =>
      add(consumeInBatches(contract, { ...batchOptions, handler, metrics, log })),
    async [Symbol.asyncDispose]() {
      await Promise.all(subscriptions.map((each) => each.stop()))
      await consuming?.close()
      await publisher.flush()
      await publishing.close()
    },
  }
}

/** Bytes travel as they are, everything else as JSON. */
function bytesOf(payload: unknown): Buffer {
  if (Buffer.isBuffer(payload)) return payload
  return payload instanceof Uint8Array ? Buffer.from(payload) : Buffer.from(JSON.stringify(payload))
}
