import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib'

type Options = {
  queue: string
  prefetch: number
  onMessage: (message: ConsumeMessage, session: Session) => void
  /** How long a stop waits for what is in flight. */
  drain: () => Promise<void>
}

/** One channel's life. After it is over nothing can be acknowledged: the broker delivers again. */
export type Session = { readonly signal: AbortSignal; ack(message: ConsumeMessage, allUpTo?: boolean): void }

export type Subscription = { subscribe(model: ChannelModel): Promise<void>; stop(): Promise<void> }

/**
 * A consumer that outlives its channels. Whatever ends a channel alone (a consumer timeout, a queue that went away)
 * ends the connection too, which comes back with all of its consumers.
 */
export function createSubscription({ queue, prefetch, onMessage, drain }: Options): Subscription {
  let channel: Channel | undefined
  let consumerTag = ''
  let isStopping = false

  async function subscribe(model: ChannelModel): Promise<void> {
    if (isStopping) return
    const opened = await model.createChannel()
    const over = new AbortController()
    const lose = () => {
      over.abort()
      if (!isStopping) model.close().catch(() => {})
    }
    opened.on('error', () => {})
    opened.on('close', lose)
    const session: Session = {
      signal: over.signal,
      ack(message, allUpTo = false) {
        if (!over.signal.aborted) opened.ack(message, allUpTo)
      },
    }
    await opened.prefetch(prefetch)
    const consumer = await opened.consume(queue, (message) => {
      if (!message) lose()
      else if (!isStopping) onMessage(message, session)
    })
    channel = opened
    consumerTag = consumer.consumerTag
  }

  async function stop(): Promise<void> {
    isStopping = true
    const stopped = channel
    if (!stopped) return
    await stopped.cancel(consumerTag).catch(() => {})
    await drain()
    await stopped.close().catch(() => {})
  }

  return { subscribe, stop }
}
