import { randomUUID } from 'node:crypto'
import type { ChannelModel, ConfirmChannel } from 'amqplib'
import { PublishError } from './errors.ts'
import type { Metrics } from './metrics.ts'

export type PublishOptions = {
  messageId?: string | undefined
  correlationId?: string | undefined
  /** W3C trace context. */
  traceparent?: string | undefined
  headers?: Record<string, unknown> | undefined
  /** How long to wait for the confirm. */
  timeoutMs?: number | undefined
}
type Target = { exchange: string; routingKey: string }
type InFlight = { isReturned: boolean }

const TIMEOUT_MS = 5_000
// Above a few hundred in flight a quorum queue only gives latency; this bound is for memory.
const IN_FLIGHT_MAX = 2_000
const PUBLISH_ID = 'waybill-publish-id'

/**
 * Publishes with a confirm, or throws PublishError. Nothing is kept for later: without a connection it fails at once.
 * A message that reaches no queue is returned before it is confirmed, so a return counts as a failure.
 */
export function createPublisher(metrics: Metrics, isBlocked: () => boolean) {
  const inFlight = new Map<string, InFlight>()
  let channel: ConfirmChannel | undefined
  const flushing: (() => void)[] = []
  let lastId = 0

  async function open(model: ChannelModel): Promise<void> {
    const opened = await model.createConfirmChannel()
    opened.on('error', () => {})
    opened.on('return', (message) => {
      const publish = inFlight.get(String(message.properties.headers?.[PUBLISH_ID]))
      if (publish) publish.isReturned = true
    })
    opened.on('close', () => {
      if (channel !== opened) return
      channel = undefined
      model.close().catch(() => {}) // a channel that failed alone takes the connection with it, which recovers whole
    })
    channel = opened
  }

  function publish(
    { exchange, routingKey }: Target,
    body: Buffer,
    options: PublishOptions = {},
  ): Promise<void> {
    const stopTimer = metrics.publishSeconds.startTimer()
    return new Promise<void>((resolve, reject) => {
      const refusal = whyNot()
      if (refusal || !channel) return reject(refusal ?? new PublishError('disconnected'))

      lastId += 1
      const id = String(lastId)
      const timer = setTimeout(() => settle(new PublishError('timeout')), options.timeoutMs ?? TIMEOUT_MS)
      const settle = (error?: PublishError) => {
        if (!inFlight.delete(id)) return // the deadline has passed: a late confirm changes nothing
        clearTimeout(timer)
        if (inFlight.size === 0) for (const resume of flushing.splice(0)) resume()
        if (error) reject(error)
        else resolve()
      }
      const entry: InFlight = { isReturned: false }
      inFlight.set(id, entry)
      const { traceparent, messageId = randomUUID(), correlationId } = options
      try {
        channel.publish(
          exchange,
          routingKey,
          body,
          {
            mandatory: true,
            persistent: true,
            messageId,
            ...(correlationId === undefined ? {} : { correlationId }),
            timestamp: Math.floor(Date.now() / 1_000),
            headers: {
              ...options.headers,
              [PUBLISH_ID]: id,
              ...(traceparent === undefined ? {} : { traceparent }),
            },
          },
          (error) => {
            if (error) settle(new PublishError(channel ? 'nacked' : 'disconnected'))
            else settle(entry.isReturned ? new PublishError('returned') : undefined)
          },
        )
      } catch {
        settle(new PublishError('disconnected'))
      }
    }).then(
      () => {
        stopTimer()
        metrics.published.inc({ routing_key: routingKey, outcome: 'confirmed' })
      },
      (error: PublishError) => {
        metrics.published.inc({ routing_key: routingKey, outcome: error.reason })
        throw error
      },
    )
  }

  function whyNot(): PublishError | undefined {
    if (!channel) return new PublishError('disconnected')
    if (isBlocked()) return new PublishError('blocked')
    if (inFlight.size >= IN_FLIGHT_MAX) return new PublishError('too many in flight')
    return undefined
  }

  /** Waits for the confirms of what is in flight; each has its own deadline. */
  async function flush(): Promise<void> {
    if (inFlight.size > 0) await new Promise<void>((resolve) => flushing.push(resolve))
  }

  return { open, publish, flush }
}

export type Publisher = ReturnType<typeof createPublisher>
