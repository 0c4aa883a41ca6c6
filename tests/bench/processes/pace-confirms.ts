import { answerJobs } from './answer-jobs.ts'
import { type BarePublisher, barePublisher } from './bare-publisher.ts'
import { pace } from './pace.ts'

export type PaceConfirmsJob = {
  amqpUrl: string
  routingKey: string
  perSecond: number
  seconds: number
  body: string
}

let publisher: BarePublisher | undefined

answerJobs(async ({ amqpUrl, routingKey, body, ...rate }: PaceConfirmsJob) => {
  publisher ??= await barePublisher(amqpUrl)
  const { publish } = publisher
  const buffer = Buffer.from(body)
  return pace(rate, () => publish(routingKey, buffer))
})
