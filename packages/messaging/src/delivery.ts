import type { Payload, QueueContract } from '@waybill/contracts'
import type { ConsumeMessage } from 'amqplib'
import { z } from 'zod'
import { PermanentError } from './errors.ts'

type Properties = {
  readonly headers: Readonly<Record<string, unknown>>
  /** The broker has delivered this before: whoever had it died or lost its channel. */
  readonly isRedelivered: boolean
  readonly messageId: string | undefined
  readonly correlationId: string | undefined
  readonly traceparent: string | undefined
}
export type RawDelivery = Properties & { readonly body: Buffer }
export type Delivery<Q extends QueueContract> = Properties & {
  readonly payload: Payload<Q>
  /** Counts from 1. */
  readonly attempt: number
  /** Aborts when the channel is lost (somebody else gets this delivery) or a stop runs out of time. */
  readonly signal: AbortSignal
}

export function rawDeliveryOf(message: ConsumeMessage): RawDelivery {
  return { body: message.content, ...propertiesOf(message) }
}

export function propertiesOf({ properties, fields }: ConsumeMessage): Properties {
  const headers: Record<string, unknown> = properties.headers ?? {}
  return {
    headers,
    isRedelivered: fields.redelivered,
    messageId: textOf(properties.messageId),
    correlationId: textOf(properties.correlationId),
    traceparent: textOf(headers.traceparent),
  }
}

/** Throws PermanentError for what is not JSON or does not match the contract. */
export function payloadOf<Q extends QueueContract>(contract: Q, message: ConsumeMessage): Payload<Q> {
  const parsed = z.safeParse<Q['schema']>(contract.schema, jsonOf(message.content))
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new PermanentError(`payload does not match its contract: ${problems.join('; ')}`)
}

function jsonOf(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'))
  } catch (error) {
    throw new PermanentError('payload is not JSON', { cause: error })
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
