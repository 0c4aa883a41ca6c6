import { setTimeout as delay } from 'node:timers/promises'
import type { Payload, QueueContract } from '@waybill/contracts'
import type { ConsumeMessage } from 'amqplib'
import type { Logger } from 'pino'
import { z } from 'zod'
import { PermanentError } from './errors.ts'
import type { Metrics } from './metrics.ts'
import type { Publisher } from './publisher.ts'
import { createSubscription, type Session, type Subscription } from './subscription.ts'
import { deadLetterQueueOf, delayQueueOf, delayStepMs } from './topology.ts'
import { verdictFor } from './verdict.ts'

export type Delivery<Q extends QueueContract> = {
  readonly payload: Payload<Q>
  /** Counts from 1. */
  readonly attempt: number
  /** The broker has delivered this before: whoever had it died or lost its channel. */
  readonly isRedelivered: boolean
  readonly messageId: string | undefined
  readonly correlationId: string | undefined
  readonly traceparent: string | undefined
  /** Aborted when the channel is lost: somebody else will get this delivery. */
  readonly signal: AbortSignal
  readonly log: Logger
}
export type Handler<Q extends QueueContract> = (delivery: Delivery<Q>) => Promise<void>

type Deps = { publisher: Publisher; metrics: Metrics; log: Logger }

/** Ours: client headers named x-… belong to the broker from 4.0 on. */
const ATTEMPT = 'waybill-attempt'
const HOLD_MS_MIN = 100
const HOLD_MS_MAX = 5_000

/** A consumer that works on `concurrency` messages at once and acknowledges each when its fate is safe. */
export function consumeEach<Q extends QueueContract>(
  contract: Q,
  { concurrency, handler, publisher, metrics, log }: Deps & { concurrency: number; handler: Handler<Q> },
): Subscription {
  const { queue } = contract
  const working = new Set<Promise<void>>()

  return createSubscription({
    queue,
    prefetch: concurrency,
    onMessage(message, session) {
      const work = handle(message, session).finally(() => {
        working.delete(work)
        metrics.inFlight.set({ queue }, working.size)
      })
      working.add(work)
      metrics.inFlight.set({ queue }, working.size)
    },
    drain: async () => {
      await Promise.allSettled(working)
    },
  })

  async function handle(message: ConsumeMessage, session: Session): Promise<void> {
    const attempt = attemptOf(message)
    let outcome = 'done'
    try {
      await handler(deliveryOf(message, session, attempt))
    } catch (error) {
      const verdict = verdictFor(error, attempt, contract.retry)
      const { routingKey, headers, reason } =
        verdict.action === 'retry'
          ? {
              routingKey: delayQueueOf(contract, delayStepMs(contract.retry, verdict.delayMs)),
              headers: { [ATTEMPT]: attempt + 1 },
              reason: 'retried',
            }
          : {
              routingKey: deadLetterQueueOf(contract),
              headers: deadLetterHeaders(error, verdict.reason, attempt),
              reason: 'dead-lettered',
            }
      log.warn({ err: error, queue, attempt, verdict }, 'a message was not handled')
      outcome = (await moveOn(message, session, routingKey, headers)) ? reason : 'lost'
    }
    if (session.signal.aborted) outcome = 'lost'
    session.ack(message)
    metrics.consumed.inc({ queue, outcome })
  }

  function deliveryOf(message: ConsumeMessage, { signal }: Session, attempt: number): Delivery<Q> {
    return {
      payload: payloadOf(contract, message),
      attempt,
      isRedelivered: message.fields.redelivered,
      ...propertiesOf(message),
      signal,
      log,
    }
  }

  /** Holds the message until the broker has it elsewhere. It is never returned: a return loses its place. */
  async function moveOn(
    message: ConsumeMessage,
    { signal }: Session,
    routingKey: string,
    headers: Record<string, unknown>,
  ): Promise<boolean> {
    for (let holdMs = HOLD_MS_MIN; !signal.aborted; holdMs = Math.min(holdMs * 2, HOLD_MS_MAX)) {
      try {
        await publisher.publish({ exchange: '', routingKey }, message.content, {
          ...propertiesOf(message),
          headers,
        })
        return true
      } catch {
        await delay(holdMs, undefined, { signal }).catch(() => {})
      }
    }
    return false
  }
}

export function propertiesOf({ properties }: ConsumeMessage) {
  const traceparent: unknown = properties.headers?.traceparent
  return {
    messageId: textOf(properties.messageId),
    correlationId: textOf(properties.correlationId),
    traceparent: textOf(traceparent),
  }
}

/** What a dead letter says of its death. */
export function deadLetterHeaders(error: unknown, reason: string, attempts: number) {
  const message = error instanceof Error ? error.message : String(error)
  return {
    'waybill-reason': reason,
    'waybill-error': message.slice(0, 500),
    'waybill-attempts': attempts,
    'waybill-died-at': new Date().toISOString(),
  }
}

function payloadOf<Q extends QueueContract>(contract: Q, message: ConsumeMessage): Payload<Q> {
  const parsed = z.safeParse<Q['schema']>(contract.schema, jsonOf(message.content))
  if (!parsed.success)
    throw new PermanentError('payload does not match its contract', { cause: parsed.error })
  return parsed.data
}

function jsonOf(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'))
  } catch (error) {
    throw new PermanentError('payload is not JSON', { cause: error })
  }
}

function attemptOf({ properties }: ConsumeMessage): number {
  const attempt: unknown = properties.headers?.[ATTEMPT]
  return typeof attempt === 'number' && attempt > 0 ? attempt : 1
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
