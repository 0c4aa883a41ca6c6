import { setTimeout as delay } from 'node:timers/promises'
import type { QueueContract } from '@waybill/contracts'
import type { ConsumeMessage } from 'amqplib'
import type { Logger } from 'pino'
import { propertiesOf } from './consume.ts'
import type { Metrics } from './metrics.ts'
import { createSubscription, type Session, type Subscription } from './subscription.ts'

export type RawDelivery = {
  readonly body: Buffer
  readonly headers: Record<string, unknown>
  readonly isRedelivered: boolean
  readonly messageId: string | undefined
  readonly correlationId: string | undefined
  readonly traceparent: string | undefined
}
export type BatchHandler = (batch: readonly RawDelivery[]) => Promise<void>

type Options = { batchMax: number; waitMs: number; handler: BatchHandler; metrics: Metrics; log: Logger }

const HOLD_MS_MIN = 100
const HOLD_MS_MAX = 5_000

/**
 * One batch at a time, in the order of the queue. A batch that fails is held and tried again with back-off until it
 * succeeds or its channel is gone: returning it to the queue would reorder it.
 */
export function consumeInBatches({ queue }: QueueContract, options: Options): Subscription {
  const { batchMax, waitMs, handler, metrics, log } = options
  let waiting: ConsumeMessage[] = []
  let current: Session | undefined
  let running = Promise.resolve()
  let isScheduled = false
  let isStopping = false

  return createSubscription({
    queue,
    prefetch: batchMax * 2,
    onMessage(message, session) {
      if (session !== current) waiting = [] // of a channel that is gone: the broker delivers them again
      current = session
      waiting.push(message)
      metrics.inFlight.set({ queue }, waiting.length)
      if (waiting.length >= batchMax) schedule(0)
      else if (waiting.length === 1) schedule(waitMs)
    },
    drain() {
      isStopping = true // a batch that can't be recorded now is delivered again to whoever comes next
      return running
    },
  })

  function schedule(afterMs: number): void {
    if (isScheduled) return
    isScheduled = true
    running = running.then(() => delay(afterMs)).then(work)
  }

  async function work(): Promise<void> {
    isScheduled = false
    while (waiting.length > 0 && current && !isStopping) {
      const session = current
      const batch = waiting.splice(0, batchMax)
      const isDone = await untilHandled(batch.map(deliveryOf), session.signal)
      metrics.consumed.inc({ queue, outcome: isDone ? 'done' : 'lost' }, batch.length)
      const last = batch.at(-1)
      if (isDone && last) session.ack(last, true)
      metrics.inFlight.set({ queue }, waiting.length)
    }
  }

  async function untilHandled(batch: readonly RawDelivery[], signal: AbortSignal): Promise<boolean> {
    for (let holdMs = HOLD_MS_MIN; !signal.aborted; holdMs = Math.min(holdMs * 2, HOLD_MS_MAX)) {
      try {
        await handler(batch)
        return !signal.aborted
      } catch (error) {
        log.warn({ err: error, queue, messages: batch.length }, 'a batch is held and tried again')
        if (isStopping) return false
        await delay(holdMs / 2 + (Math.random() * holdMs) / 2, undefined, { signal }).catch(() => {})
      }
    }
    return false
  }
}

function deliveryOf(message: ConsumeMessage): RawDelivery {
  return {
    body: message.content,
    headers: message.properties.headers ?? {},
    isRedelivered: message.fields.redelivered,
    ...propertiesOf(message),
  }
}
