import { eventually, freshDatabase } from '@waybill/test-kit'
import { z } from 'zod'
import type { Shown } from '../../sandbox.ts'
import { type BenchStack, benchStack } from '../bench-stack.ts'
import { meterServices } from '../cpu-of-services.ts'
import type { Measure, Result } from '../measure.ts'
import { median, percentile } from '../percentiles.ts'
import { type Latencies, pace } from '../processes/pace.ts'
import type { BarePathJob } from '../processes/walk-bare-path.ts'
import { startProcess } from '../start-process.ts'
import { sampleWebhooks, signedHeaders } from '../webhooks.ts'

const PER_SECOND = 100
const SECONDS = 10
const ROUNDS = 2
const DRIVERS = 1_000
const SLOW_MODEL_MS = 10_000
const RATIO_MAX = { p50Ms: 2, p99Ms: 4 } as const
const SLOW_RATIO_MAX = 1.5
const WORDS = 'What are my orders today?'

const latenciesSchema = z.object({ p50Ms: z.number(), p99Ms: z.number() })

/** From WhatsApp to WhatsApp, with upstreams that answer at once: what of an answer's time is ours. */
export const ownShare: Measure = {
  id: 'B6',
  title: 'from webhook to reply',
  async run({ share }) {
    await using system = await benchStack({
      drivers: DRIVERS,
      scale: { intake: 2, assistant: 2, guardrails: 1, sender: 1 },
      env: {
        sandbox: { SANDBOX_MODEL_LATENCY_MS: '0' },
        sender: { WHATSAPP_MESSAGES_PER_SECOND: '1000' },
        assistant: { MODEL_TIMEOUT_MS: String(2 * SLOW_MODEL_MS) },
      },
    })
    await using spare = await freshDatabase()
    using walker = startProcess<BarePathJob, Latencies>('walk-bare-path', latenciesSchema)
    using answering = startProcess<{ appSecret: string }, { url: string }>(
      'answer-webhooks',
      z.object({ url: z.string() }),
    )
    const { url } = await answering.ask({ appSecret: system.number.appSecret })
    const [body] = sampleWebhooks(system.number)
    const { amqpUrl, redisUrl } = system.servers
    await system.sandbox.setLimits({ messagesPerSecond: 1_000, pairIntervalMs: 0 })

    const seconds = SECONDS * share
    const seen: Record<'ours' | 'bare' | 'besideSlow', Latencies[]> = { ours: [], bare: [], besideSlow: [] }
    let cpuNote = ''
    for (let round = 0; round <= Math.ceil(ROUNDS * share); round += 1) {
      const cpu = meterServices(system)
      const ours = await answersOf(system, seconds)
      cpuNote = cpu(PER_SECOND * seconds)
      const bare = await walker.ask({
        ...{ amqpUrl, redisUrl, postgresUrl: spare.url, body, perSecond: PER_SECOND, seconds },
        ...{ httpUrl: `${url}/webhook`, httpHeaders: signedHeaders(system.number, body) },
      })
      // As autovacuum does within a minute: plans that were made for empty tables know nothing of full ones.
      if (round === 0) await system.pool.query('ANALYZE')
      if (round === 0) continue
      seen.ours.push(ours)
      seen.bare.push(bare)
      seen.besideSlow.push(await besideSlowModel(system, seconds))
    }
    const of = (which: keyof Latencies) => ({
      ours: median(seen.ours.map((it) => it[which])),
      bare: median(seen.bare.map((it) => it[which])),
      besideSlow: median(seen.besideSlow.map((it) => it[which])),
    })
    const toCeiling = (which: keyof Latencies): Result => {
      const { ours, bare } = of(which)
      return {
        ...{
          id: 'B6',
          measure: `webhook to reply at ${PER_SECOND}/s, ${which.slice(0, 3)}`,
          value: ours,
          unit: 'ms',
        },
        ceiling: { what: 'its round trips, bare', value: bare },
        ...{ ratio: ours / bare, target: `≤ ${RATIO_MAX[which]}`, met: ours / bare <= RATIO_MAX[which] },
      }
    }
    const { ours, besideSlow } = of('p50Ms')
    return [
      {
        ...toCeiling('p50Ms'),
        notes: [
          `“${WORDS}”, understood from the cache; WhatsApp, the order system and all services take from the same cores`,
          cpuNote,
          'the path: NGINX, ingress, intake, assistant (guardrails, order system), sender, with three hops through the broker',
        ],
      },
      toCeiling('p99Ms'),
      {
        id: 'B6',
        measure: 'the same beside a driver with a 10 s model, p50',
        value: besideSlow,
        unit: 'ms',
        ceiling: { what: 'without that driver', value: ours },
        ratio: besideSlow / ours,
        target: `≤ ${SLOW_RATIO_MAX}`,
        met: besideSlow / ours <= SLOW_RATIO_MAX,
      },
    ]
  },
}

/** Somebody waits ten seconds for a model, all the time. */
async function besideSlowModel(system: BenchStack, seconds: number): Promise<Latencies> {
  await system.sandbox.setFaults('openrouter', { latencyMs: SLOW_MODEL_MS })
  const slow = system.drivers.at(-1)
  if (!slow) throw new Error('there is no driver')
  await system.sandbox.phone(slow.phone).send(`does anybody know about the ${Date.now()} of my route`)
  const latencies = await answersOf(system, seconds)
  await system.sandbox.setFaults('openrouter', { latencyMs: 0 })
  return latencies
}

/** Drivers write in turn, on phones of the sandbox; from a message on its way to the reply that WhatsApp has taken. */
async function answersOf({ sandbox, drivers }: BenchStack, seconds: number): Promise<Latencies> {
  const since = Date.now()
  const writers = drivers.slice(0, Math.min(drivers.length - 1, PER_SECOND * seconds))
  await pace({ perSecond: PER_SECOND, seconds }, async (index) => {
    const driver = writers[index % writers.length]
    if (driver) await sandbox.phone(driver.phone).send(WORDS)
  })
  const tookMs = await eventually(
    async () => {
      const screens = await Promise.all(writers.map(({ phone }) => sandbox.phone(phone).all()))
      const took = screens.flatMap((screen) => answerTimesOf(screen, since))
      return took.length >= Math.floor(PER_SECOND * seconds) ? took : undefined
    },
    { what: 'the answers', timeoutMs: 60_000 },
  )
  return { p50Ms: percentile(tookMs, 0.5), p99Ms: percentile(tookMs, 0.99) }
}

/** The first message is answered by the first reply, and so on: nobody writes twice before he is answered. */
function answerTimesOf(screen: readonly Shown[], since: number): number[] {
  const at = (direction: Shown['direction'], status: string) =>
    screen.flatMap((it) => (it.direction === direction ? [it.timestamps[status] ?? 0] : []))
  const accepted = at('outbound', 'accepted')
  return at('inbound', 'sent').flatMap((sent, index) => {
    const answered = accepted[index]
    return sent >= since && answered !== undefined ? [answered - sent] : []
  })
}
