import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Fault } from './catalogue/fault.ts'
import { FAULTS } from './catalogue/index.ts'
import { check, type Verdict } from './checker.ts'
import { queueLengths, untilDrained } from './drained.ts'
import type { FaultStack } from './fault-stack.ts'
import { type Event, type History, openHistory } from './history.ts'
import { createLoad } from './load.ts'
import { randomOf } from './random.ts'
import { counters, growthOf, snapshot } from './snapshot.ts'

export type RunOptions = {
  seed: number
  /** How long the drivers write; the fault takes the middle half of it. */
  seconds: number
  perSecond: number
  /** Where histories are kept. */
  historyDir: string
}

export type Run = Verdict & { historyFile: string }

const DRAINED_MS_MAX = 120_000
const SAMPLE_MS = 500

/** Load, fault, heal, drain, check: one row of the table. */
export async function runFault(
  system: FaultStack,
  fault: Fault,
  { seed, seconds, perSecond, historyDir }: RunOptions,
): Promise<Run> {
  await mkdir(historyDir, { recursive: true })
  const historyFile = join(historyDir, `${fault.name}-${seed}.jsonl`)
  await using history = openHistory(historyFile)
  const since = new Date()
  const allows = [...(fault.allows ?? [])]
  history.add({ kind: 'run', at: since.getTime(), fault: fault.name, seed, seconds, allows })
  using _crashes = system.onCrash((process, reason) =>
    history.add({ kind: 'crash', at: Date.now(), process, reason }),
  )
  const before = await counters(system)

  const random = randomOf(seed, `load under ${fault.name}`)
  const load = createLoad({
    url: system.lines.door.url,
    appSecret: system.stack.description.whatsapp.appSecret,
    sandbox: system.sandbox,
    drivers: system.drivers,
    ...{ perSecond, random, history },
  })
  const over = new AbortController()
  const sampling = sample(system, history, over.signal)
  const writing = load.run(over.signal)
  await delay(seconds * 250)
  const step = (what: string) => history.add({ kind: 'fault', at: Date.now(), step: what })
  try {
    await fault.inject(system, { random: randomOf(seed, fault.name), load, step, holdMs: seconds * 500 })
  } catch (error) {
    history.add({
      kind: 'failure',
      at: Date.now(),
      error: error instanceof Error ? error.message : String(error),
    })
  }
  history.add({ kind: 'healed', at: Date.now() })
  await delay(seconds * 250)
  over.abort()
  await Promise.all([writing, sampling])

  const left = await untilDrained(system, DRAINED_MS_MAX)
  history.add({ kind: 'drained', at: Date.now(), left })
  for await (const event of snapshot(system, since)) history.add(event)
  for (const event of growthOf(before, await counters(system))) history.add(event)
  return { ...verdictOf(history.events), historyFile }
}

/** Memory of all processes, and what waits in the broker. */
async function sample({ stack, servers }: FaultStack, history: History, over: AbortSignal) {
  while (!over.aborted) {
    const sizes = await Promise.all(stack.processes.map(({ pid }) => residentMb(pid)))
    const memoryMb = Math.max(0, ...sizes)
    const queues = await queueLengths(servers.rabbitmqManagementUrl).catch(() => [])
    const queued = queues.reduce((sum, { messages }) => sum + messages, 0)
    history.add({ kind: 'sample', at: Date.now(), memoryMb, queued })
    await delay(SAMPLE_MS, undefined, { signal: over }).catch(() => {})
  }
}

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1_024)
}

/** The verdict of a history, with what its fault should have done. */
export function verdictOf(events: readonly Event[]): Verdict {
  const verdict = check(events)
  const missing = FAULTS.find(({ name }) => name === verdict.fault)?.expects?.(verdict)
  return { ...verdict, wrong: { ...verdict.wrong, harmless: missing === undefined ? [] : [missing] } }
}
