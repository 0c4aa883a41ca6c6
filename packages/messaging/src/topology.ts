import { EXCHANGE, type QueueContract, type RetryPolicy } from '@waybill/contracts'
import type { Channel, ChannelModel } from 'amqplib'

// Valid on RabbitMQ 3.10 and 4. Never -1: 3.10 then drops a message on its first return. Never the default of 4
// (20): an outage of a database would bury what waits for it.
const RETURNS_MAX = 1_000_000

const QUORUM = { 'x-queue-type': 'quorum', 'x-delivery-limit': RETURNS_MAX } as const

export const deadLetterQueueOf = ({ queue }: QueueContract) => `${queue}.dead`
export const delayQueueOf = ({ queue }: QueueContract, delayMs: number) => `${queue}.retry.${delayMs}`

/** The delays that a retry can have, ascending: one queue each, for messages expire only at the head of a queue. */
export function delayStepsMs({ attemptsMax, delayMsMin, delayMsMax }: RetryPolicy): number[] {
  const steps = Array.from({ length: attemptsMax - 1 }, (_, n) => Math.min(delayMsMin * 2 ** n, delayMsMax))
  return [...new Set(steps)]
}

/** The shortest step that is not shorter than what was asked for, or else the longest. */
export function delayStepMs(policy: RetryPolicy, delayMs: number): number {
  const steps = delayStepsMs(policy)
  return steps.find((step) => step >= delayMs) ?? steps.at(-1) ?? delayMs
}

/** Declares everything that the contracts name. Safe to repeat; fails if a queue exists with other arguments. */
export async function declareTopology(
  model: ChannelModel,
  contracts: readonly QueueContract[],
): Promise<void> {
  const channel = await model.createChannel()
  channel.on('error', () => {}) // the failed declaration rejects with the same
  for (const contract of contracts) await declareQueues(channel, contract)
  await channel.close()
}

/** The queue of a contract, bound to the exchange, its dead letters and its delay queues. */
export async function declareQueues(channel: Channel, contract: QueueContract): Promise<void> {
  const { queue, routingKey, isSingleActiveConsumer, lengthBytesMax, retry } = contract
  await channel.assertExchange(EXCHANGE, 'topic', { durable: true })
  await channel.assertQueue(queue, {
    durable: true,
    arguments: {
      ...QUORUM,
      ...(isSingleActiveConsumer ? { 'x-single-active-consumer': true } : {}),
      ...(lengthBytesMax ? { 'x-max-length-bytes': lengthBytesMax, 'x-overflow': 'reject-publish' } : {}),
    },
  })
  await channel.bindQueue(queue, EXCHANGE, routingKey)
  await channel.assertQueue(deadLetterQueueOf(contract), { durable: true, arguments: { ...QUORUM } })
  for (const delayMs of delayStepsMs(retry)) {
    await channel.assertQueue(delayQueueOf(contract, delayMs), {
      durable: true,
      arguments: {
        ...QUORUM,
        'x-message-ttl': delayMs,
        'x-dead-letter-exchange': '',
        'x-dead-letter-routing-key': queue,
        'x-dead-letter-strategy': 'at-least-once',
        'x-overflow': 'reject-publish',
      },
    })
  }
}
