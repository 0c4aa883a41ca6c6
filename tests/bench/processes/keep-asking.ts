import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { conversationReady, outboundReady } from '@waybill/contracts'
import { recordWebhooks } from '@waybill/database'
import amqp from 'amqplib'
import pg from 'pg'
import { answerJobs } from './answer-jobs.ts'
import { barePublisher } from './bare-publisher.ts'

export type KeepAskingJob = {
  amqpUrl: string
  postgresUrl: string
  phoneNumberId: string
  phones: readonly string[]
  warmUpSeconds: number
  seconds: number
}

const CONNECTIONS = 10

/** Every driver writes again as soon as he has been answered, in words that nobody has used before. */
answerJobs(async ({ amqpUrl, postgresUrl, phoneNumberId, phones, warmUpSeconds, seconds }: KeepAskingJob) => {
  const pool = new pg.Pool({ connectionString: postgresUrl, max: CONNECTIONS })
  const publisher = await barePublisher(amqpUrl)
  const consuming = await amqp.connect(amqpUrl, { noDelay: true })
  const channel = await consuming.createChannel()
  let written = 0
  let answers = 0
  let isOver = false

  async function write(phone: string): Promise<void> {
    written += 1
    const wamid = `wamid.${randomUUID()}`
    const text = {
      body: `does anybody know about the ${randomUUID().replace(/\d/g, 'o').slice(0, 8)} of my route`,
    }
    await recordWebhooks(pool, {
      messages: [
        {
          ...{ wamid, phone_number_id: phoneNumberId, phone, wa_id: phone, user_id: undefined, kind: 'text' },
          body: { from: phone, id: wamid, type: 'text', text },
          ...{ sent_at: new Date().toISOString(), received_us: Date.now() * 1_000, position: 0 },
        },
      ],
      ...{ receipts: [], events: [] },
    })
    const hint = JSON.stringify({ conversationId: `${phoneNumberId}:${phone}` })
    await publisher.publish(conversationReady.routingKey, Buffer.from(hint))
  }

  const { promise: failed, reject } = Promise.withResolvers<never>()
  await channel.prefetch(phones.length)
  await channel.consume(outboundReady.queue, (message) => {
    if (!message) return
    const { conversationId } = JSON.parse(message.content.toString())
    channel.ack(message)
    answers += 1
    if (!isOver) write(conversationId.split(':')[1]).catch(reject)
  })
  await Promise.all(phones.map(write))
  await Promise.race([failed, delay(warmUpSeconds * 1_000)])
  const [before, since] = [answers, performance.now()]
  await Promise.race([failed, delay(seconds * 1_000)])
  const perSecond = ((answers - before) * 1_000) / (performance.now() - since)
  isOver = true
  // The lanes have to be free for who comes next.
  while (answers < written) await delay(50)
  await channel.close()
  await Promise.all([consuming.close(), publisher.close(), pool.end()])
  return { perSecond }
})
