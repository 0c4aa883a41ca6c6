import amqp from 'amqplib'

export type Broker = AsyncDisposable & {
  purge(queue: string): Promise<void>
  /** What nobody has been given yet. */
  waitingIn(queue: string): Promise<number>
}

/** To look at the queues of a stack, and to empty them between rounds. */
export async function openBroker(amqpUrl: string): Promise<Broker> {
  const model = await amqp.connect(amqpUrl)
  const channel = await model.createChannel()
  return {
    async purge(queue) {
      await channel.purgeQueue(queue)
    },
    waitingIn: async (queue) => (await channel.checkQueue(queue)).messageCount,
    [Symbol.asyncDispose]: () => model.close(),
  }
}
