import { randomUUID } from 'node:crypto'
import amqp from 'amqplib'
import { Redis } from 'ioredis'
import pg from 'pg'
import { answerJobs } from './answer-jobs.ts'
import { barePublisher } from './bare-publisher.ts'
import { bareRequest } from './bare-request.ts'
import { pace } from './pace.ts'

export type BarePathJob = {
  amqpUrl: string
  postgresUrl: string
  redisUrl: string
  /** Answers 200 to every POST, as fast as it can. */
  httpUrl: string
  httpHeaders: Record<string, string>
  perSecond: number
  seconds: number
  body: string
}

const CONNECTIONS = 10
const QUEUE = 'bench.path'

/**
 * What a message has to wait for between WhatsApp and WhatsApp, one after the other, with nothing done in between: two
 * requests (NGINX, ingress), a hop through the broker, a row (intake), a hop, three statements with Redis and the
 * guardrails and the order system in between (assistant), a hop, a statement (sender), a request.
 */
answerJobs(async (job: BarePathJob) => {
  const pool = new pg.Pool({ connectionString: job.postgresUrl, max: CONNECTIONS })
  await pool.query('CREATE TABLE IF NOT EXISTS bench_path (id uuid PRIMARY KEY, body text, step int)')
  const redis = new Redis(job.redisUrl)
  const publisher = await barePublisher(job.amqpUrl)
  await publisher.channel.assertQueue(QUEUE, { durable: true, arguments: { 'x-queue-type': 'quorum' } })
  await publisher.channel.bindQueue(QUEUE, 'waybill', QUEUE)
  const consuming = await amqp.connect(job.amqpUrl, { noDelay: true })
  const channel = await consuming.createChannel()
  const arrivals = new Map<string, () => void>()
  await channel.consume(QUEUE, (message) => {
    if (!message) return
    channel.ack(message)
    arrivals.get(message.content.subarray(0, 36).toString())?.()
  })

  const request = () => bareRequest(job.httpUrl, job.httpHeaders, job.body)
  const step = (id: string) => pool.query({ name: 'step', text: STEP, values: [id] })
  async function hop(): Promise<void> {
    const id = randomUUID()
    const { promise, resolve } = Promise.withResolvers<void>()
    arrivals.set(id, resolve)
    await publisher.publish(QUEUE, Buffer.from(`${id}${job.body}`))
    await promise
    arrivals.delete(id)
  }

  const latencies = await pace(job, async () => {
    const id = randomUUID()
    await request()
    await request()
    await hop()
    await pool.query({ name: 'record', text: RECORD, values: [id, job.body] })
    await hop()
    await step(id)
    await Promise.all([pool.query({ name: 'look', text: LOOK, values: [id] }), redis.get(id)])
    await request()
    await redis.get(id)
    await request()
    await step(id)
    await Promise.all([redis.set(id, job.body), hop()])
    await step(id)
    await request()
  })
  await pool.query('DROP TABLE bench_path')
  await publisher.channel.deleteQueue(QUEUE)
  await Promise.all([consuming.close(), publisher.close(), pool.end()])
  redis.disconnect()
  return latencies
})

const RECORD = 'INSERT INTO bench_path VALUES ($1, $2, 0)'
const STEP = 'UPDATE bench_path SET step = step + 1 WHERE id = $1'
const LOOK = 'SELECT * FROM bench_path WHERE id = $1'
