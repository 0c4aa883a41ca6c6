import { setTimeout as delay } from 'node:timers/promises'
import type { ServiceProcess } from '@waybill/local'
import { type BenchStack, benchStack } from '../bench-stack.ts'
import type { Measure, Result } from '../measure.ts'
import { median } from '../percentiles.ts'
import { memoryMbOf } from '../process-usage.ts'
import { pace } from '../processes/pace.ts'

const PER_SECOND = 30
const DRIVERS = 1_000
const MINUTES = 1
const MINUTES_LONG = 10
const SAMPLE_MS = 1_000
const GROWTH_MAX = 1.1
const SERVICES = ['ingress', 'intake', 'assistant', 'guardrails', 'sender', 'scheduler', 'dispatch'] as const
const WORDS = ['What are my orders today?', 'What is my next stop?', 'help', '1', 'orders', 'thanks']

type Service = (typeof SERVICES)[number]

/** What every process keeps in memory, idle and at work, and how long it takes to be ready. */
export const memory: Measure = {
  id: 'B9',
  title: 'memory and cold starts',
  async run({ share, isLong }) {
    const minutes = isLong ? MINUTES_LONG : MINUTES
    await using system = await benchStack({
      drivers: DRIVERS,
      scale: { ingress: 1, intake: 1, assistant: 1, guardrails: 1, sender: 1, scheduler: 1, dispatch: 1 },
      env: { sandbox: { SANDBOX_MODEL_LATENCY_MS: '0' } },
    })
    const startMs = await coldStarts(system)
    await delay(5_000 * share)
    const idle = memoryOf(system)
    const samples = await samplesUnderLoad(system, minutes * 60 * share)
    // The first third is spent on compiling, and on caches that fill up.
    const third = Math.ceil(samples.length / 3)
    const during = (part: readonly Sample[], service: Service) => median(part.map((it) => it[service]))
    const total = (part: readonly Sample[]) => SERVICES.reduce((sum, it) => sum + during(part, it), 0)
    const [middle, last] = [samples.slice(third - 1, 2 * third), samples.slice(-third)]
    const growth = total(last) / total(middle)
    return [
      ...SERVICES.map(
        (service): Result => ({
          ...{ id: 'B9', measure: `memory of ${service} at ${PER_SECOND} messages/s`, unit: 'MB' },
          value: during(last, service),
          ceiling: { what: 'idle', value: idle[service] },
          ratio: during(last, service) / idle[service],
        }),
      ),
      {
        ...{ id: 'B9', measure: `memory of all in the last third of ${minutes} min`, unit: 'MB' },
        value: total(last),
        ceiling: { what: 'in the second third', value: total(middle) },
        ...{ ratio: growth, target: `≤ ${GROWTH_MAX}`, met: growth <= GROWTH_MAX },
        notes: isLong
          ? []
          : [`watched for ${minutes} min; npm run bench -- --only B9 --long watches for ten`],
      },
      {
        ...{ id: 'B9', measure: 'slowest cold start to ready', unit: 's' },
        value: Math.max(...Object.values(startMs)) / 1_000,
        notes: [
          `started alone, from source, with Node's compile cache: ${SERVICES.map((it) => `${it} ${(startMs[it] / 1_000).toFixed(1)} s`).join(', ')}`,
        ],
      },
    ]
  },
}

type Sample = Record<Service, number>

/** One after the other, so that none waits for another's share of the cores. */
async function coldStarts(system: BenchStack): Promise<Sample> {
  const tookMs = { ...NOTHING }
  for (const service of SERVICES) {
    const instance = oneOf(system, service)
    await instance.kill('SIGTERM')
    const since = performance.now()
    await instance.restart()
    tookMs[service] = performance.now() - since
  }
  return tookMs
}

const NOTHING: Sample = {
  ...{ ingress: 0, intake: 0, assistant: 0, guardrails: 0, sender: 0, scheduler: 0, dispatch: 0 },
}

function oneOf(system: BenchStack, service: Service): ServiceProcess {
  const [instance] = system.processesOf(service)
  if (!instance) throw new Error(`there is no ${service}`)
  return instance
}

function memoryOf(system: BenchStack): Sample {
  return SERVICES.reduce(
    (sample, service) => Object.assign(sample, { [service]: memoryMbOf(oneOf(system, service).pid) }),
    { ...NOTHING },
  )
}

async function samplesUnderLoad(system: BenchStack, seconds: number): Promise<Sample[]> {
  const { sandbox, drivers } = system
  const samples: Sample[] = []
  const over = new AbortController()
  const sampling = (async () => {
    while (!over.signal.aborted) {
      samples.push(memoryOf(system))
      await delay(SAMPLE_MS, undefined, { signal: over.signal }).catch(() => {})
    }
  })()
  await pace({ perSecond: PER_SECOND, seconds }, async (index) => {
    const { phone = '' } = drivers[index % drivers.length] ?? {}
    await sandbox.phone(phone).send(WORDS[index % WORDS.length] ?? '')
  })
  over.abort()
  await sampling
  return samples
}
