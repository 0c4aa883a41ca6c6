import { randomUUID } from 'node:crypto'
import { currentOrigin, inSpan } from '@waybill/tracing'
import amqp, { type ChannelModel, type ConfirmChannel, type Options } from 'amqplib'
import { coalesceWrites } from './coalesce-writes.ts'
import { PublishError, type PublishFailure } from './errors.ts'
import type { Metrics } from './metrics.ts'
import { socketOf } from './socket-of.ts'
import { publishAttributes } from './span-attributes.ts'

export type PublishOptions = {
  /** Default: a new UUID. */
  messageId?: string | undefined
  /** Default: that of the running work, or a new UUID. */
  correlationId?: string | undefined
  /** W3C trace context, of a message that is passed on as it was. Default: the place in the running trace. */
  traceparent?: string | undefined
  headers?: Record<string, unknown> | undefined
  /** How long to wait for the confirm. Default: 5 s. */
  timeoutMs?: number | undefined
}
type Target = { exchange: string; routingKey: string }
type Outstanding = { messageId: string; routingKey: string; bodyBytes: number; isReturned: boolean }

const TIMEOUT_MS = 5_000
// Above a few hundred in flight a quorum queue only gives latency; these bounds are for memory.
const OUTSTANDING_MAX = 2_000
const OUTSTANDING_BYTES_MAX = 64 * 1024 ** 2

/**
 * Publishes with a confirm, or throws PublishError. Nothing is kept for later: without a connection it fails at once.
 * A message that reaches no queue is returned before it is confirmed, so a return counts as a failure.
 */
export function createPublisher(metrics: Metrics, isBlocked: () => boolean) {
  // What the broker has not answered yet, past its deadline or not: it may still lie in the socket.
  const outstanding = new Set<Outstanding>()
  const idle: (() => void)[] = []
  let channel: ConfirmChannel | undefined
  let beforeWrite = () => {}
  let outstandingBytes = 0
  let unsettled = 0

  async function open(model: ChannelModel): Promise<void> {
    const opened = await model.createConfirmChannel()
    opened.on('error', () => {})
    // The same message twice at a time counts as returned twice, which is as true of the one as of the other. A header that tells
    // them apart would cost the broker more than all of this, with each message.
    opened.on('return', ({ fields, properties }) => {
      for (const publish of outstanding) {
        publish.isReturned ||=
          publish.messageId === properties.messageId && publish.routingKey === fields.routingKey
      }
    })
    // Before amqplib's own listener, which fails everything that is unconfirmed.
    opened.prependListener('close', () => {
      if (channel !== opened) return
      channel = undefined
      model.close().catch(() => {}) // a channel that failed alone takes its connection with it, which recovers whole
    })
    const socket = socketOf(model)
    if (socket) beforeWrite = coalesceWrites(socket)
    channel = opened
  }

  function publish(target: Target, body: Buffer, options: PublishOptions = {}): Promise<void> {
    if (options.traceparent !== undefined) return publishHere(target, body, options)
    return inSpan(
      `publish ${target.routingKey}`,
      () => ({ kind: 'producer', attributes: publishAttributes(target, body.length) }),
      () => publishHere(target, body, options),
    )
  }

  function publishHere(target: Target, body: Buffer, options: PublishOptions): Promise<void> {
    const meter = metrics.meterPublish(target.routingKey)
    return new Promise<void>((resolve, reject) => {
      const fail = (reason: PublishFailure) => {
        meter(reason)
        reject(new PublishError(reason))
      }
      const refusal = refusalOf(body)
      if (refusal || !channel) return fail(refusal ?? 'disconnected')

      const timer = setTimeout(
        () => settle(isBlocked() ? 'blocked' : 'timeout'),
        options.timeoutMs ?? TIMEOUT_MS,
      )
      let isSettled = false
      function settle(failure?: PublishFailure): void {
        if (isSettled) return // the deadline has passed: a late confirm changes nothing
        isSettled = true
        clearTimeout(timer)
        unsettled -= 1
        if (unsettled === 0) for (const resume of idle.splice(0)) resume()
        if (failure) {
          fail(failure)
        } else {
          meter('confirmed')
          resolve()
        }
      }
      const { exchange, routingKey } = target
      const properties = propertiesFor(options)
      const publish = {
        messageId: properties.messageId,
        routingKey,
        bodyBytes: body.length,
        isReturned: false,
      }
      unsettled += 1
      try {
        beforeWrite()
        channel.publish(exchange, routingKey, body, properties, (error: unknown) => {
          forget(publish)
          if (error) settle(channel ? 'nacked' : 'disconnected')
          else settle(publish.isReturned ? 'returned' : undefined)
        })
        outstanding.add(publish)
        outstandingBytes += body.length
      } catch (error) {
        if (!(error instanceof amqp.IllegalOperationError)) reject(error) // amqplib can't encode it: a bug of ours
        settle('disconnected')
      }
    })
  }

  function refusalOf(body: Buffer): PublishFailure | undefined {
    if (!channel) return 'disconnected'
    if (isBlocked()) return 'blocked'
    const isFull =
      outstanding.size >= OUTSTANDING_MAX || outstandingBytes + body.length > OUTSTANDING_BYTES_MAX
    return isFull ? 'overloaded' : undefined
  }

  function forget(publish: Outstanding): void {
    if (outstanding.delete(publish)) outstandingBytes -= publish.bodyBytes
  }

  /** Waits until all that is in flight is confirmed or has missed its deadline. */
  async function flush(): Promise<void> {
    if (unsettled > 0) await new Promise<void>((resolve) => idle.push(resolve))
  }

  return { open, publish, flush }
}

export type Publisher = ReturnType<typeof createPublisher>

function propertiesFor(options: PublishOptions) {
  const origin = currentOrigin()
  const headers: Record<string, unknown> = { ...options.headers }
  const traceparent = options.traceparent ?? origin.traceparent
  if (traceparent !== undefined) headers.traceparent = traceparent
  const id = randomUUID()
  return {
    mandatory: true,
    persistent: true,
    messageId: options.messageId ?? id,
    correlationId: options.correlationId ?? origin.correlationId ?? id,
    timestamp: Math.floor(Date.now() / 1_000),
    headers,
  } satisfies Options.Publish
}
