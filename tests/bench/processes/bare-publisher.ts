import { EXCHANGE } from '@waybill/contracts'
import amqp, { type ConfirmChannel } from 'amqplib'

export type BarePublisher = {
  channel: ConfirmChannel
  publish: (routingKey: string, body: Buffer, headers?: object) => Promise<void>
  close: () => Promise<void>
}

/** What amqplib does by itself: persistent, with a confirm, and nothing of ours. */
export async function barePublisher(amqpUrl: string): Promise<BarePublisher> {
  const model = await amqp.connect(amqpUrl, { noDelay: true })
  const channel = await model.createConfirmChannel()
  return {
    channel,
    publish: (routingKey, body, headers = {}) =>
      new Promise((resolve, reject) => {
        channel.publish(EXCHANGE, routingKey, body, { persistent: true, headers }, (error: unknown) => {
          if (error) reject(error)
          else resolve()
        })
      }),
    close: () => model.close(),
  }
}
