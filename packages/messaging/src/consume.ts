import type { QueueContract } from '@waybill/contracts'
import { continueFrom, inSpan } from '@waybill/tracing'
import type { ConsumeMessage } from 'amqplib'
import type { Logger } from 'pino'
import { createBackOff } from './back-off.ts'
import { type Delivery, payloadOf, propertiesOf } from './delivery.ts'
import { attemptOf, deadLetterHeaders, retryHeaders } from './message-headers.ts'
import type { DeliveryOutcome, Metrics } from './metrics.ts'
import type { Publisher } from './publisher.ts'
import { processAttributes } from './span-attributes.ts'
import { createSubscription, type Session, type Subscription } from './subscription.ts'
import { asideExchangeOf, deadLetterQueueOf, delayQueueOf, delayStepMs } from './topology.ts'
import { verdictFor } from './verdict.ts'

export type Handler<Q extends QueueContract> = (delivery: Delivery<Q>) => Promise<void>

type Options<Q extends QueueContract> = {
  concurrency: number
  handler: Handler<Q>
  publisher: Publisher
  drainMsMax: number
  metrics: Metrics
  log: Logger
}
type Move = { outcome: DeliveryOutcome; queue: string; headers: Record<string, unknown> }

const HOLD = { msMin: 100, msMax: 5_000 }

/** Works on `concurrency` messages at once and acknowledges each when its fate is safe. */
export function consumeEach<Q extends QueueContract>(contract: Q, options: Options<Q>): Subscription {
  const { concurrency, handler, publisher, drainMsMax, metrics, log } = options
  const { queue } = contract
  const working = new Set<Promise<void>>()

  return createSubscription({
    contract,
    queue,
    prefetch: concurrency,
    onMessage(message, session) {
      const work = continueFrom(propertiesOf(message), () => handle(message, session)).finally(() => {
        working.delete(work)
        metrics.inFlight.set({ queue }, working.size)
      })
      working.add(work)
      metrics.inFlight.set({ queue }, working.size)
    },
    drain: async () => void (await Promise.allSettled(working)),
    drainMsMax,
    metrics,
    log,
  })

  async function handle(message: ConsumeMessage, session: Session): Promise<void> {
    let outcome: DeliveryOutcome = 'done'
    try {
      await inSpan(
        `process ${queue}`,
        () => ({ kind: 'consumer', attributes: processAttributes(queue, message) }),
        async () => handler(deliveryOf(message, session)),
      )
    } catch (error) {
      outcome = await settleFailure(error, message, session)
    }
    if (!session.ack(message)) outcome = 'lost'
    metrics.consumed.inc({ queue, outcome })
  }

  function deliveryOf(message: ConsumeMessage, { signal }: Session): Delivery<Q> {
    const properties = propertiesOf(message)
    return {
      ...properties,
      payload: payloadOf(contract, message),
      attempt: attemptOf(properties.headers),
      signal,
    }
  }

  async function settleFailure(
    error: unknown,
    message: ConsumeMessage,
    { signal }: Session,
  ): Promise<DeliveryOutcome> {
    if (signal.aborted) return 'lost' // delivered again, to whoever consumes next
    const move = moveFor(error, message)
    const { messageId } = propertiesOf(message)
    log.warn({ err: error, queue, messageId, outcome: move.outcome }, 'a message was not handled')
    return (await moveOn(message, move, signal)) ? move.outcome : 'lost'
  }

  function moveFor(error: unknown, message: ConsumeMessage): Move {
    const { headers } = propertiesOf(message)
    const attempt = attemptOf(headers)
    const verdict = verdictFor(error, attempt, contract.retry)
    if (verdict.action === 'retry') {
      const stepMs = delayStepMs(contract.retry, verdict.delayMs)
      return {
        outcome: 'retried',
        queue: delayQueueOf(contract, stepMs),
        headers: retryHeaders(headers, attempt),
      }
    }
    const death = { reason: verdict.reason, error, attempts: attempt }
    return {
      outcome: 'dead-lettered',
      queue: deadLetterQueueOf(contract),
      headers: deadLetterHeaders(headers, death),
    }
  }

  /** Holds the message until the broker has it elsewhere. It is never returned to its queue: that reorders it. */
  async function moveOn(message: ConsumeMessage, move: Move, signal: AbortSignal): Promise<boolean> {
    const { messageId, correlationId, traceparent } = propertiesOf(message)
    const backOff = createBackOff(HOLD)
    while (!signal.aborted) {
      try {
        await publisher.publish(
          { exchange: asideExchangeOf(contract), routingKey: move.queue },
          message.content,
          {
            messageId,
            correlationId,
            traceparent,
            headers: move.headers,
          },
        )
        return true
      } catch (error) {
        log.warn({ err: error, queue, to: move.queue }, 'a message is held: it cannot be moved on')
        await backOff.wait(signal)
      }
    }
    return false
  }
}
