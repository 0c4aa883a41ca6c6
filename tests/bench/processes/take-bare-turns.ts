import { randomUUID } from 'node:crypto'
import { conversationReady, outboundReady } from '@waybill/contracts'
import { authenticate, claimTurn, commitTurn, type TurnRecord } from '@waybill/database'
import amqp from 'amqplib'
import { Redis } from 'ioredis'
import pg from 'pg'
import { SLIDING_WINDOW } from '../../../services/assistant/src/limits/sliding-window.ts'
import { answerJobs } from './answer-jobs.ts'
import { barePublisher } from './bare-publisher.ts'
import { bareRequest } from './bare-request.ts'

export type BareTurnsJob = {
  amqpUrl: string
  postgresUrl: string
  redisUrl: string
  inFlight: number
  connections: number
  guardrailsUrl: string
  /** What is asked of the guardrails. */
  checked: string
  ordersUrl: string
  ordersToken: string
  /** What every turn leaves behind. */
  turn: Omit<TurnRecord, 'id' | 'wamids' | 'driverId'>
  /** Ends after so many. */
  count: number
}

/** The round trips of a turn, in their order, with the same clients and nothing done in between. */
answerJobs(async (job: BareTurnsJob) => {
  const pool = new pg.Pool({ connectionString: job.postgresUrl, max: job.connections })
  const redis = new Redis(job.redisUrl)
  const publisher = await barePublisher(job.amqpUrl)
  const consuming = await amqp.connect(job.amqpUrl, { noDelay: true })
  const channel = await consuming.createChannel()
  const lease = { owner: 'bare', ttlMs: 15_000, attemptsMax: 5 }
  const session = JSON.stringify(job.turn.session)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let taken = 0

  async function take(conversationId: string): Promise<void> {
    const { epoch, work } = await claimTurn(pool, conversationId, { ...lease, steal: false })
    if (work.state !== 'run') throw new Error(`a turn was ${work.state}`)
    const [sender] = await Promise.all([
      authenticate(pool, conversationId),
      redis.get(`session:${conversationId}`),
      redis.eval(SLIDING_WINDOW, 1, `rate:driver:${conversationId}`, 1, 60, 1_000_000),
      redis.eval(SLIDING_WINDOW, 1, 'rate:all', 1, 1, 1_000_000),
    ])
    if (sender.identity !== 'known') throw new Error('a driver is unknown')
    const json = { 'content-type': 'application/json' }
    await bareRequest(`${job.guardrailsUrl}/v1/check/input`, json, job.checked)
    await redis.get('understanding:bare')
    await bareRequest(`${job.ordersUrl}/drivers/${sender.driver.id}/orders/today`, {
      authorization: `Bearer ${job.ordersToken}`,
    })
    const wamids = work.messages.map(({ wamid }) => wamid)
    const turn = { ...job.turn, id: randomUUID(), wamids, driverId: sender.driver.id }
    await commitTurn(pool, conversationId, { epoch, lease, turn })
    await Promise.all([
      redis.set(`session:${conversationId}`, session, 'EX', 86_400),
      publisher.publish(outboundReady.routingKey, Buffer.from(JSON.stringify({ conversationId }))),
    ])
  }

  await channel.prefetch(job.inFlight)
  await channel.consume(conversationReady.queue, (message) => {
    if (!message) return
    const { conversationId } = JSON.parse(message.content.toString())
    take(conversationId).then(() => {
      channel.ack(message)
      taken += 1
      if (taken === job.count) resolve()
    }, reject)
  })
  await promise
  await channel.close()
  await Promise.all([consuming.close(), publisher.close(), pool.end()])
  redis.disconnect()
  return {}
})
