import { EXCHANGE, type Payload, type QueueContract } from '@waybill/contracts'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import { type Connection, openConnection } from './connection.ts'
import { consumeEach, type Handler } from './consume.ts'
import { type BatchHandler, consumeInBatches } from './consume-batch.ts'
import { deadLetterHeaders } from './message-headers.ts'
import { createMetrics } from './metrics.ts'
import { createPublisher, type PublishOptions } from './publisher.ts'
import type { Subscription } from './subscription.ts'
import { asideExchangeOf, deadLetterQueueOf, declareTopology } from './topology.ts'

type Options = {
  url: string
  /** Shown by the broker for each connection: `ingress-1`. */
  name: string
  log: Logger
  registry: Registry
  /** Declared on every connect, if something of it is missing. */
  contracts: readonly QueueContract[]
  /** A peer that is silent for two to three heartbeats is cut off. Default: 10. */
  heartbeatSeconds?: number
  /** How long a stop waits for what handlers have in hand. Default: 15 s. */
  drainMsMax?: number
}

export type Messaging = AsyncDisposable & {
  /** Can publish now, and consumes if it was asked to. */
  isReady(): boolean
  /** Resolves when the broker has confirmed; throws PublishError when it has not, or not in time. */
  publish<Q extends QueueContract>(contract: Q, payload: Payload<Q>, options?: PublishOptions): Promise<void>
  /** Sets a message aside by hand, with the reason in its headers. Throws PublishError. */
  deadLetter(
    contract: QueueContract,
    body: Uint8Array,
    reason: string,
    options?: PublishOptions,
  ): Promise<void>
  /** Publishes what was published before, as it was, to where it came from. Throws PublishError. */
  republish(contract: QueueContract, body: Uint8Array, options?: PublishOptions): Promise<void>
  /** Calls the handler for `concurrency` messages at once. What it throws decides: see `verdictFor`. */
  consume<Q extends QueueContract>(
    contract: Q,
    options: { concurrency: number },
    handler: Handler<Q>,
  ): Promise<Consumer>
  /**
   * Calls the handler with at most `batchMax` messages, and no later than `waitMs` after the first of them. One batch
   * at a time, in order; one that throws is held and handed over again, the same messages, until it succeeds.
   */
  consumeBatch(
    contract: QueueContract,
    options: { batchMax: number; waitMs: number },
    handler: BatchHandler,
  ): Promise<Consumer>
  /** As `consumeBatch`, of what was set aside. */
  consumeDeadLetters(
    contract: QueueContract,
    options: { batchMax: number; waitMs: number },
    handler: BatchHandler,
  ): Promise<Consumer>
  /**
   * Takes no more messages and waits for what handlers have in hand; publishing goes on. For a service whose handlers
   * need what was opened after the messaging. Disposing does the same first.
   */
  stopConsuming(): Promise<void>
}

/** Stopping takes no more messages and waits for what is in hand. Disposing the messaging stops every consumer. */
export type Consumer = AsyncDisposable & { stop(): Promise<void> }

const HEARTBEAT_SECONDS = 10
const DRAIN_MS_MAX = 15_000

/**
 * Connects to the broker; resolves when that has worked for the first time. Publishing and consuming have a
 * connection each: a broker in alarm stops reading from publishers, and consumers must go on. Disposing stops the
 * consumers, waits for what they have in hand and for the confirms, then closes: 24 s at most by default.
 */
export async function connectMessaging(options: Options): Promise<Messaging> {
  const { url, name, log, contracts, drainMsMax = DRAIN_MS_MAX } = options
  const metrics = createMetrics(options.registry)
  const broker = { url, name, log, metrics, heartbeatSeconds: options.heartbeatSeconds ?? HEARTBEAT_SECONDS }
  const subscriptions = new Set<Subscription>()
  let consuming: Connection | undefined

  const publisher = createPublisher(metrics, () => publishing.isBlocked)
  const publishing = openConnection({
    ...broker,
    role: 'publish',
    async setup(model) {
      await declareTopology(model, contracts)
      await publisher.open(model)
    },
  })
  await publishing.firstConnect

  async function add(subscription: Subscription): Promise<Consumer> {
    subscriptions.add(subscription)
    consuming ??= openConnection({
      ...broker,
      role: 'consume',
      async setup(model, over) {
        await Promise.all([...subscriptions].map((each) => each.subscribe({ model, over })))
      },
    })
    await consuming.firstConnect
    if (consuming.live) await subscription.subscribe(consuming.live)

    async function stop() {
      await subscription.stop()
      subscriptions.delete(subscription)
    }
    return { stop, [Symbol.asyncDispose]: stop }
  }

  const batches = { drainMsMax, metrics, log }
  async function stopConsuming() {
    await Promise.all([...subscriptions].map((each) => each.stop()))
  }

  return {
    isReady: () =>
      publishing.live !== undefined &&
      !publishing.isBlocked &&
      [...subscriptions].every(({ isActive }) => isActive),
    publish: ({ routingKey }, payload, publishOptions) =>
      publisher.publish({ exchange: EXCHANGE, routingKey }, bytesOf(payload), publishOptions),
    deadLetter: (contract, body, reason, publishOptions = {}) =>
      publisher.publish(
        { exchange: asideExchangeOf(contract), routingKey: deadLetterQueueOf(contract) },
        bytesOf(body),
        {
          ...publishOptions,
          headers: deadLetterHeaders(publishOptions.headers ?? {}, {
            reason: 'set aside',
            error: reason,
            attempts: 1,
          }),
        },
      ),
    consume: (contract, { concurrency }, handler) =>
      add(consumeEach(contract, { concurrency, handler, publisher, drainMsMax, metrics, log })),
    republish: ({ routingKey }, body, publishOptions) =>
      publisher.publish({ exchange: EXCHANGE, routingKey }, bytesOf(body), publishOptions),
    consumeBatch: (contract, options, handler) =>
      add(consumeInBatches(contract, { ...options, ...batches, queue: contract.queue, handler })),
    consumeDeadLetters: (contract, options, handler) =>
      add(
        consumeInBatches(contract, { ...options, ...batches, queue: deadLetterQueueOf(contract), handler }),
      ),
    stopConsuming,
    async [Symbol.asyncDispose]() {
      await stopConsuming()
      await consuming?.close()
      await publisher.flush()
      await publishing.close()
    },
  }
}

/** Bytes travel as they are, everything else as JSON. */
function bytesOf(payload: unknown): Buffer {
  if (Buffer.isBuffer(payload)) return payload
  if (payload instanceof Uint8Array)
    return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
  return Buffer.from(JSON.stringify(payload))
}
