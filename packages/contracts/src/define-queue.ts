import type { z } from 'zod'

/** How long a failed delivery waits, and how often it is tried. Delays in milliseconds. */
export type RetryPolicy = {
  readonly attemptsMax: number
  readonly delayMsMin: number
  readonly delayMsMax: number
}

export type QueueContract<Schema extends z.ZodType = z.ZodType> = {
  /** `<consumer>.<event>`; its dead letters are in `<queue>.dead`. */
  readonly queue: string
  /** The event with its version, `conversation.ready.v1`. */
  readonly routingKey: string
  /** Of the payload: JSON, but for webhooks, which travel as the bytes they are. */
  readonly schema: Schema
  readonly retry: RetryPolicy
  /** One consumer works, the others stand by. */
  readonly isSingleActiveConsumer?: true
  /** The broker refuses more, so that the publisher hears of it. */
  readonly lengthBytesMax?: number
}

export type Payload<Q extends QueueContract> = z.output<Q['schema']>

/** Where events are published: topic, durable. */
export const EXCHANGE = 'waybill'

export function defineQueue<const Q extends QueueContract>(contract: Q): Q {
  return contract
}
