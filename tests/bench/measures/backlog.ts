import { setTimeout as delay } from 'node:timers/promises'
import { webhookReceived } from '@waybill/contracts'
import { eventually } from '@waybill/test-kit'
import { type BenchStack, benchStack } from '../bench-stack.ts'
import type { Measure } from '../measure.ts'
import { memoryMbOf } from '../process-usage.ts'
import { pace } from '../processes/pace.ts'
import { databaseNow, warmTurnRate } from '../turn-clock.ts'
import { isNobodyWaiting } from '../waiting-messages.ts'
import { wamidOf, webhookOf } from '../webhooks.ts'

const DRIVERS = 5_000
const MESSAGES_EACH = 4
const ASSISTANTS = 2
/** More than they can answer. */
const STEADY_PER_SECOND = 400
const STEADY_SECONDS = 12
const RATIO_MIN = 0.9
const MEMORY_RATIO_MAX = 1.15
const SAMPLE_MS = 500

/** Nobody was there to answer: what has piled up is worked off as fast as anything else, and in the same memory. */
export const backlog: Measure = {
  id: 'B8',
  title: 'a backlog after an outage',
  async run({ share }) {
    const drivers = Math.ceil(DRIVERS * share)
    await using system = await benchStack({
      drivers,
      scale: { intake: 1, assistant: ASSISTANTS, guardrails: 1 },
      env: {
        sandbox: { SANDBOX_MODEL_LATENCY_MS: '0' },
        assistant: { RATE_ALL_TURNS_PER_SECOND: '1000000' },
      },
    })
    const { pool, stack, broker } = system
    const steady = await steadyRate(system, STEADY_SECONDS * share)
    await eventually(() => isNobodyWaiting(system), {
      what: 'the steady load to be answered',
      timeoutMs: 120_000,
    })

    const workers = [...system.processesOf('intake'), ...system.processesOf('assistant')]
    await Promise.all(workers.map((it) => it.remove()))
    const writtenAt = await databaseNow(pool)
    await broker.fill(
      webhookReceived,
      Array.from({ length: drivers * MESSAGES_EACH }, (_, index) => webhookAt(system, 'outage', index)),
    )
    await Promise.all([
      stack.startInstance('intake'),
      ...Array.from({ length: ASSISTANTS }, () => stack.startInstance('assistant')),
    ])
    const memory = await memoryUntil(system, () => isDrained(system, drivers * MESSAGES_EACH))
    const drained = await warmTurnRate(pool, writtenAt)
    const growth = memory.late / memory.early
    return [
      {
        id: 'B8',
        measure: `turns while ${drivers * MESSAGES_EACH} messages are drained`,
        value: drained,
        ...{ unit: '/s', ceiling: { what: 'under a load of more than can be answered', value: steady } },
        ...{ ratio: drained / steady, target: `≥ ${RATIO_MIN}`, met: drained / steady >= RATIO_MIN },
        notes: [
          `${drivers} drivers with ${MESSAGES_EACH} messages each, which wait in RabbitMQ: what waits in a conversation is answered in one turn, so messages drain faster than turns; ${ASSISTANTS} assistants, to the committed reply`,
        ],
      },
      {
        ...{ id: 'B8', measure: 'memory of intake and assistants meanwhile', value: memory.late, unit: 'MB' },
        ceiling: { what: 'in the first half of it', value: memory.early },
        ...{ ratio: growth, target: `≤ ${MEMORY_RATIO_MAX}`, met: growth <= MEMORY_RATIO_MAX },
      },
    ]
  },
}

/** Every driver in turn, with the words that most of them use. */
function webhookAt({ drivers, number }: BenchStack, prefix: string, index: number) {
  const { phone = '' } = drivers[index % drivers.length] ?? {}
  const message = { phone, wamid: wamidOf(prefix, index), text: 'What are my orders today?' }
  return {
    body: webhookOf(number, [message]),
    headers: { receivedAtUs: Date.now() * 1_000 + index, ingressId: 'bench' },
  }
}

async function steadyRate(system: BenchStack, seconds: number): Promise<number> {
  const since = await databaseNow(system.pool)
  await pace({ perSecond: STEADY_PER_SECOND, seconds }, (index) =>
    system.broker.fill(webhookReceived, [webhookAt(system, 'steady', index)]),
  )
  return warmTurnRate(system.pool, since)
}

/** All are recorded, and none waits. */
async function isDrained(system: BenchStack, count: number): Promise<boolean> {
  const last = wamidOf('outage', count - 1)
  const { rowCount } = await system.pool.query('SELECT FROM inbound WHERE wamid = $1', [last])
  return rowCount === 1 && isNobodyWaiting(system)
}

/** The highest of all of them together in the first half of the time and in the second, in MB. */
async function memoryUntil(system: BenchStack, isOver: () => Promise<boolean>) {
  const workers = [...system.processesOf('intake'), ...system.processesOf('assistant')]
  const samples: number[] = []
  while (!(await isOver())) {
    samples.push(workers.reduce((sum, { pid }) => sum + memoryMbOf(pid), 0))
    await delay(SAMPLE_MS)
  }
  const half = Math.ceil(samples.length / 2)
  return { early: Math.max(...samples.slice(0, half)), late: Math.max(...samples.slice(half - 1)) }
}
