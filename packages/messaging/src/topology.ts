import { EXCHANGE, type QueueContract, type RetryPolicy } from '@waybill/contracts'
import type { Channel, ChannelModel } from 'amqplib'

// Valid on RabbitMQ 3.10 and 4. Never -1: 3.10 then drops a message on its first return. Never the default of 4
// (20): an outage of a database would bury what waits for it.
const RETURNS_MAX = 1_000_000

const QUORUM = { 'x-queue-type': 'quorum', 'x-delivery-limit': RETURNS_MAX } as const

/**
 * Where what came from a queue goes on to its retries or dead letters, by their names: direct, durable. It is not the
 * default exchange, for who may write to that may write to every queue.
 */
export const asideExchangeOf = ({ queue }: QueueContract) => `${queue}.aside`
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

export type Queue = { name: string; arguments: Readonly<Record<string, string | number | boolean>> }
export type Binding = { exchange: string; queue: string; routingKey: string }

/** The queue of a contract, and those for its dead letters and retries. */
export function queuesOf(contract: QueueContract): { main: Queue; aside: Queue[] } {
  const { queue, isSingleActiveConsumer, lengthBytesMax, retry } = contract
  return {
    main: {
      name: queue,
      arguments: {
        ...QUORUM,
        ...(isSingleActiveConsumer ? { 'x-single-active-consumer': true } : {}),
        ...(lengthBytesMax ? { 'x-max-length-bytes': lengthBytesMax, 'x-overflow': 'reject-publish' } : {}),
      },
    },
    aside: [
      { name: deadLetterQueueOf(contract), arguments: QUORUM },
      ...delayStepsMs(retry).map((delayMs) => ({
        name: delayQueueOf(contract, delayMs),
        arguments: {
          ...QUORUM,
          'x-message-ttl': delayMs,
          'x-dead-letter-exchange': '',
          'x-dead-letter-routing-key': queue,
          'x-dead-letter-strategy': 'at-least-once',
          'x-overflow': 'reject-publish',
        },
      })),
    ],
  }
}

export function bindingsOf(contract: QueueContract): Binding[] {
  const { main, aside } = queuesOf(contract)
  return [
    { exchange: EXCHANGE, queue: main.name, routingKey: contract.routingKey },
    ...aside.map(({ name }) => ({ exchange: asideExchangeOf(contract), queue: name, routingKey: name })),
  ]
}

/**
 * Declares everything that the contracts name, unless all of it is there: to look takes no right to declare. Fails if a
 * queue exists with other arguments than those of one that is missing.
 */
export async function declareTopology(
  model: ChannelModel,
  contracts: readonly QueueContract[],
): Promise<void> {
  if (await isThere(model, contracts)) return
  const channel = await model.createChannel()
  channel.on('error', () => {}) // the failed declaration rejects with the same
  try {
    await channel.assertExchange(EXCHANGE, 'topic', { durable: true })
    for (const contract of contracts) await declareQueues(channel, contract)
  } catch (error) {
    if (codeOf(error) !== ACCESS_REFUSED) throw error
    const reason =
      'exchanges or queues are missing, and this user may not declare them: run `broker` of waybill-tools'
    throw new Error(reason, { cause: error })
  }
  await channel.close()
}

async function declareQueues(channel: Channel, contract: QueueContract): Promise<void> {
  const { main, aside } = queuesOf(contract)
  for (const queue of [main, ...aside])
    await channel.assertQueue(queue.name, { durable: true, arguments: { ...queue.arguments } })
  await channel.assertExchange(asideExchangeOf(contract), 'direct', { durable: true })
  for (const { queue, exchange, routingKey } of bindingsOf(contract))
    await channel.bindQueue(queue, exchange, routingKey)
}

const ACCESS_REFUSED = 403
const NOT_FOUND = 404

async function isThere(model: ChannelModel, contracts: readonly QueueContract[]): Promise<boolean> {
  const channel = await model.createChannel()
  channel.on('error', () => {}) // the failed look rejects with the same
  try {
    await channel.checkExchange(EXCHANGE)
    for (const contract of contracts) {
      await channel.checkExchange(asideExchangeOf(contract))
      const { main, aside } = queuesOf(contract)
      for (const { name } of [main, ...aside]) await channel.checkQueue(name)
    }
    await channel.close()
    return true
  } catch (error) {
    if (codeOf(error) === NOT_FOUND) return false
    // From RabbitMQ 4.2.6 on only those may look who have a right to what they look at: the others find out by using it.
    if (codeOf(error) === ACCESS_REFUSED) return true
    throw error
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
