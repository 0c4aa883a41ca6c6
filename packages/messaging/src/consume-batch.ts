import type { QueueContract } from '@waybill/contracts'
import { type OpenSpan, openSpan } from '@waybill/tracing'
import type { ConsumeMessage } from 'amqplib'
import type { Logger } from 'pino'
import { createBackOff } from './back-off.ts'
import { type RawDelivery, rawDeliveryOf } from './delivery.ts'
import type { Metrics } from './metrics.ts'
import { processAttributes } from './span-attributes.ts'
import { createSubscription, type Session, type Subscription } from './subscription.ts'

export type BatchHandler = (batch: readonly RawDelivery[]) => Promise<void>

type Options = {
  /** The queue of the contract, or that of its dead letters. */
  queue: string
  batchMax: number
  waitMs: number
  handler: BatchHandler
  drainMsMax: number
  metrics: Metrics
  log: Logger
}

const HOLD = { msMin: 100, msMax: 5_000 }

/**
 * One batch at a time, in the order of the queue. A batch that fails is held and tried again with back-off until it
 * succeeds or its channel is gone: returning it to the queue would reorder it.
 */
export function consumeInBatches(contract: QueueContract, options: Options): Subscription {
  const { queue, batchMax, waitMs, handler, drainMsMax, metrics, log } = options
  const stopping = new AbortController()
  // All of `waiting` came through the channel of `current`.
  let current: Session | undefined
  let waiting: ConsumeMessage[] = []
  let timer: NodeJS.Timeout | undefined
  let working: Promise<void> | undefined

  return createSubscription({
    contract,
    queue,
    prefetch: batchMax * 2,
    onMessage(message, session) {
      if (session !== current) waiting = [] // of a channel that is gone: the broker delivers them again
      current = session
      waiting.push(message)
      if (working) return
      if (waiting.length >= batchMax) startWork()
      else timer ??= setTimeout(startWork, waitMs)
    },
    // What waits is left to whoever consumes next, and so is a batch that fails now.
    async drain() {
      stopping.abort()
      clearTimeout(timer)
      await working
    },
    drainMsMax,
    metrics,
    log,
  })

  function startWork(): void {
    clearTimeout(timer)
    timer = undefined
    working = work().finally(() => {
      working = undefined
    })
  }

  async function work(): Promise<void> {
    while (current && waiting.length > 0 && !stopping.signal.aborted) {
      const session = current
      metrics.inFlight.set({ queue }, waiting.length)
      const batch = waiting.splice(0, batchMax)
      const last = batch.at(-1)
      const processed = batch.map((message) => inHand(message, batch.length))
      const isDone = await untilHandled(
        processed.map(({ delivery }) => delivery),
        session.signal,
      )
      for (const { span } of processed) span?.end()
      // Everything before `last` on this channel has been handled too: one acknowledgement covers it.
      const isAcked = isDone && last !== undefined && session.ack(last, true)
      metrics.consumed.inc({ queue, outcome: isAcked ? 'done' : 'lost' }, batch.length)
      metrics.inFlight.set({ queue }, waiting.length)
    }
  }

  /** Each message of a batch has a span of its own: it is part of a trace of its own. */
  function inHand(message: ConsumeMessage, batchSize: number): { delivery: RawDelivery; span?: OpenSpan } {
    const delivery = rawDeliveryOf(message)
    const span = openSpan(
      `process ${queue}`,
      () => ({ kind: 'consumer', attributes: processAttributes(queue, message, batchSize) }),
      delivery,
    )
    return span ? { span, delivery: { ...delivery, traceparent: span.traceparent } } : { delivery }
  }

  async function untilHandled(batch: readonly RawDelivery[], channelOver: AbortSignal): Promise<boolean> {
    const backOff = createBackOff(HOLD)
    while (!channelOver.aborted && !stopping.signal.aborted) {
      try {
        await handler(batch)
        return true
      } catch (error) {
        log.warn({ err: error, queue, messages: batch.length }, 'a batch is held and tried again')
        await backOff.wait(AbortSignal.any([channelOver, stopping.signal]))
      }
    }
    return false
  }
}
