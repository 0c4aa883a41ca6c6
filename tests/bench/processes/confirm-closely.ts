import { answerJobs } from './answer-jobs.ts'
import { type BarePublisher, barePublisher } from './bare-publisher.ts'

export type ConfirmJob = {
  amqpUrl: string
  routingKey: string
  inFlight: number
  seconds: number
  /** In turn. */
  bodies: string[]
}

let publisher: BarePublisher | undefined

/** As many publishes as there are confirms, with so many in flight. */
answerJobs(async ({ amqpUrl, routingKey, inFlight, seconds, bodies }: ConfirmJob) => {
  publisher ??= await barePublisher(amqpUrl)
  const { publish } = publisher
  const buffers = bodies.map((body) => Buffer.from(body))
  const since = performance.now()
  let done = 0
  async function again() {
    while (performance.now() - since < seconds * 1_000) {
      await publish(routingKey, buffers[done % buffers.length] ?? Buffer.alloc(0))
      done += 1
    }
  }
  await Promise.all(Array.from({ length: inFlight }, again))
  return { perSecond: (done * 1_000) / (performance.now() - since) }
})
