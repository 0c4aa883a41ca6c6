import { conversationReady, outboundReady, type QueueContract, webhookReceived } from '@waybill/contracts'
import { connectMessaging } from '@waybill/messaging'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { barePublisher } from './processes/bare-publisher.ts'

export type Broker = AsyncDisposable & {
  /** Resolves when all of them are in the queue. */
  fill(contract: QueueContract, messages: readonly Filling[]): Promise<void>
  purge(contract: QueueContract): Promise<void>
}
type Filling = { body: string; headers?: object }

const IN_FLIGHT = 500

/** To fill the queues of a stack, and to empty them between rounds. */
export async function openBroker(amqpUrl: string): Promise<Broker> {
  // Declares the queues, whoever is there to consume from them.
  const messaging = await connectMessaging({
    ...{ url: amqpUrl, name: 'bench', registry: new Registry(), log: pino({ level: 'silent' }) },
    contracts: [webhookReceived, conversationReady, outboundReady],
  })
  await messaging[Symbol.asyncDispose]()
  const { channel, publish, close } = await barePublisher(amqpUrl)
  return {
    async fill({ routingKey }, messages) {
      for (let start = 0; start < messages.length; start += IN_FLIGHT) {
        const part = messages.slice(start, start + IN_FLIGHT)
        await Promise.all(part.map(({ body, headers }) => publish(routingKey, Buffer.from(body), headers)))
      }
    },
    async purge({ queue }) {
      await channel.purgeQueue(queue)
    },
    [Symbol.asyncDispose]: close,
  }
}
