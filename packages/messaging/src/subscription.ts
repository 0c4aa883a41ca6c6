import type { QueueContract } from '@waybill/contracts'
import amqp, { type Channel, type ChannelModel, type ConsumeMessage } from 'amqplib'
import type { Logger } from 'pino'
import { createBackOff, within } from './back-off.ts'
import type { Live } from './connection.ts'
import type { Metrics } from './metrics.ts'
import { declareTopology } from './topology.ts'

type Options = {
  contract: QueueContract
  /** Which queue of the contract. */
  queue: string
  prefetch: number
  onMessage: (message: ConsumeMessage, session: Session) => void
  /** Resolves when nothing is in hand any more. */
  drain: () => Promise<void>
  drainMsMax: number
  metrics: Pick<Metrics, 'redelivered'>
  log: Logger
}

/** One channel's life. After it is over nothing can be acknowledged: the broker delivers again. */
export type Session = {
  readonly signal: AbortSignal
  /** `false`: the channel is gone. */
  ack(message: ConsumeMessage, allUpTo?: boolean): boolean
}

export type Subscription = {
  /** Consumes for as long as the connection lives, on a new channel whenever the broker ends one. Never rejects. */
  subscribe(live: Live): Promise<void>
  readonly isActive: boolean
  stop(): Promise<void>
}

const RESUBSCRIBE = { msMin: 100, msMax: 10_000 }
const STABLE_MS = 1_000
const BROKER_MS_MAX = 1_000

/** A consumer that outlives its channels: one that ends alone (a consumer timeout, a deleted queue) is replaced. */
export function createSubscription(options: Options): Subscription {
  const { contract, queue, prefetch, onMessage, drain, drainMsMax, metrics, log } = options
  const backOff = createBackOff(RESUBSCRIBE)
  const stopping = new AbortController()
  let consuming: { channel: Channel; consumerTag: string; over: AbortController } | undefined
  let subscribedTo: Live | undefined
  let stopped: Promise<void> | undefined

  async function subscribe(live: Live): Promise<void> {
    if (subscribedTo?.model === live.model) return
    subscribedTo = live
    await resubscribe(live)
  }

  async function resubscribe(live: Live): Promise<void> {
    const givenUp = AbortSignal.any([live.over, stopping.signal])
    while (!givenUp.aborted) {
      try {
        return await startSession(live)
      } catch (error) {
        if (!givenUp.aborted) log.warn({ err: error, queue }, 'cannot consume, trying on')
      }
      await backOff.wait(givenUp)
    }
  }

  async function startSession(live: Live): Promise<void> {
    await declareTopology(live.model, [contract])
    const { channel, over } = await openChannel(live.model)
    const session: Session = {
      signal: over.signal,
      ack: (message, allUpTo = false) => !over.signal.aborted && tryToAck(channel, message, allUpTo),
    }
    try {
      await channel.prefetch(prefetch)
      const { consumerTag } = await channel.consume(queue, (message) => {
        if (!message) return over.abort()
        if (stopping.signal.aborted) return
        if (message.fields.redelivered) metrics.redelivered.inc({ queue })
        onMessage(message, session)
      })
      over.signal.throwIfAborted()
      stopping.signal.throwIfAborted()
      consuming = { channel, consumerTag, over }
    } catch (error) {
      channel.close().catch(() => {})
      throw error
    }

    const since = performance.now()
    over.signal.addEventListener('abort', () => {
      consuming = undefined
      if (stopping.signal.aborted) return
      channel.close().catch(() => {})
      if (performance.now() - since > STABLE_MS) backOff.reset()
      void backOff.wait(AbortSignal.any([live.over, stopping.signal])).then(() => resubscribe(live))
    })
  }

  async function openChannel(model: ChannelModel): Promise<{ channel: Channel; over: AbortController }> {
    const channel = await model.createChannel()
    const over = new AbortController()
    channel.on('error', (error) => log.warn({ queue, reason: error.message }, 'the broker ended a consumer'))
    channel.on('close', () => over.abort())
    return { channel, over }
  }

  async function stop(): Promise<void> {
    stopping.abort()
    if (!consuming) {
      await within(drainMsMax, drain())
      return
    }
    const { channel, consumerTag } = consuming
    const isAnswering = await within(BROKER_MS_MAX, channel.cancel(consumerTag))
    await within(drainMsMax, drain())
    if (isAnswering) await within(BROKER_MS_MAX, channel.close())
  }

  return {
    subscribe,
    get isActive() {
      return consuming !== undefined
    },
    stop: () => {
      stopped ??= stop()
      return stopped
    },
  }
}

// Between the loss of a connection and the news of it amqplib throws.
function tryToAck(channel: Channel, message: ConsumeMessage, allUpTo: boolean): boolean {
  try {
    channel.ack(message, allUpTo)
    return true
  } catch (error) {
    if (error instanceof amqp.IllegalOperationError) return false
    throw error
  }
}
