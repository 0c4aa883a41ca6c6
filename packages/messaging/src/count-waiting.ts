import type { QueueContract } from '@waybill/contracts'
import amqp, { type ChannelModel } from 'amqplib'
import { deadLetterQueueOf, delayQueueOf, delayStepsMs } from './topology.ts'

const CONNECT_MS_MAX = 10_000

/**
 * Which queues of the contracts have messages that nobody has taken, with their delays and dead letters: for a person who
 * looks, over a connection that lasts as long as the look. A queue that is not there holds nothing.
 */
export async function countWaiting(
  url: string,
  contracts: readonly QueueContract[],
): Promise<{ queue: string; messages: number }[]> {
  const model = await amqp.connect(url, { timeout: CONNECT_MS_MAX })
  model.on('error', () => {}) // what is asked meanwhile rejects with the same
  try {
    const counted = []
    for (const queue of contracts.flatMap((contract) => queuesOf(contract)))
      counted.push({ queue, messages: await waitingIn(model, queue) })
    return counted.filter(({ messages }) => messages > 0)
  } finally {
    await model.close()
  }
}

function queuesOf(contract: QueueContract): string[] {
  const delays = delayStepsMs(contract.retry).map((delayMs) => delayQueueOf(contract, delayMs))
  return [contract.queue, ...delays, deadLetterQueueOf(contract)]
}

async function waitingIn(model: ChannelModel, queue: string): Promise<number> {
  const channel = await model.createChannel()
  channel.on('error', () => {})
  try {
    const { messageCount } = await channel.checkQueue(queue)
    await channel.close()
    return messageCount
  } catch (error) {
    // The broker has closed the channel with it.
    if (error instanceof Error && 'code' in error && error.code === 404) return 0
    throw error
  }
}
