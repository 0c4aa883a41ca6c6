import { setTimeout as delay } from 'node:timers/promises'
import type { ServiceProcess } from '@waybill/local'
import { eventually } from '@waybill/test-kit'
import type { FaultStack } from '../fault-stack.ts'
import { newWord } from '../load.ts'
import type { Fault, Injection } from './fault.ts'
import { LATE_RECEIPTS } from './upstreams.ts'

type ServiceName = ServiceProcess['service']

// Longer than the leases of the system under faults.
const FROZEN_MS = 8_000
const SLOW_TURNS = 30
// As many as two cores start within a minute, under load.
const ASSISTANTS_MAX = 10
/** Who gives work out goes before who takes it. */
export const SERVICES_IN_ORDER: readonly ServiceName[] = [
  'scheduler',
  'dispatch',
  'sender',
  'assistant',
  'guardrails',
  'intake',
  'ingress',
]

const some = (system: FaultStack, service: ServiceName, { random }: Injection) =>
  random.one(system.processesOf(service))

/** Kills processes, leaves them dead for a while, and starts them again. */
async function killed(which: readonly ServiceProcess[], { step, holdMs }: Injection) {
  for (const { instance } of which) step(`kill -9 ${instance}`)
  await Promise.all(which.map((it) => it.kill('SIGKILL')))
  await delay(holdMs)
  await Promise.all(which.map((it) => it.restart()))
}

async function frozen(which: readonly ServiceProcess[], { step, holdMs }: Injection) {
  for (const { instance } of which) step(`kill -STOP ${instance}`)
  await Promise.all(which.map((it) => it.kill('SIGSTOP')))
  await delay(Math.max(FROZEN_MS, holdMs))
  await Promise.all(which.map((it) => it.kill('SIGCONT')))
}

/** One of the two records, the other stands by: whose count grows. */
async function recordingIntake(system: FaultStack): Promise<ServiceProcess> {
  const intakes = system.processesOf('intake')
  const countsOf = () => Promise.all(intakes.map((it) => elementsOf(it.metricsUrl)))
  const before = await countsOf()
  return eventually(
    async () => {
      const counts = await countsOf()
      return intakes.find((_, index) => (counts[index] ?? 0) > (before[index] ?? 0))
    },
    { what: 'an intake to record' },
  )
}

async function elementsOf(metricsUrl: string): Promise<number> {
  const text = await (await fetch(metricsUrl)).text()
  return text
    .split('\n')
    .filter((line) => line.startsWith('waybill_intake_elements_total'))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

/** Fills the assistants with turns that last, so that something is in the middle of one. */
async function withSlowModel(system: FaultStack, { load, random }: Injection, work: () => Promise<void>) {
  await system.sandbox.setFaults('openrouter', { latencyMs: 2_000 })
  await Promise.all(
    system.drivers.slice(0, SLOW_TURNS).map(async (driver) => {
      await load.deliver(
        await load.newMessages(driver, `does anybody know about ${newWord(random)} ${newWord(random)}`),
      )
    }),
  )
  await delay(300)
  try {
    await work()
  } finally {
    await system.sandbox.setFaults('openrouter', {})
  }
}

export const PROCESS_FAULTS: readonly Fault[] = [
  {
    name: 'kill-assistant',
    what: 'an assistant is killed in the middle of its turns',
    inject: (system, injection) =>
      withSlowModel(system, injection, () => killed([some(system, 'assistant', injection)], injection)),
  },
  {
    name: 'freeze-assistant',
    what: 'an assistant freezes for longer than its leases, and wakes up',
    inject: (system, injection) =>
      withSlowModel(system, injection, () => frozen([some(system, 'assistant', injection)], injection)),
    expects: ({ counters }) => (counters.fenced ? undefined : 'nobody was fenced'),
  },
  {
    name: 'kill-all-assistants',
    what: 'all assistants are killed',
    inject: (system, injection) => killed(system.processesOf('assistant'), injection),
  },
  {
    name: 'rolling-restart',
    what: 'every process is told to stop (SIGTERM) and started again, one after the other',
    async inject(system, { step }) {
      for (const service of SERVICES_IN_ORDER) {
        for (const process of system.processesOf(service)) {
          step(`kill -TERM ${process.instance}`)
          const end = await process.kill('SIGTERM')
          if (end !== 'exit code 0') throw new Error(`${process.instance} ended with ${end}`)
          await process.restart()
        }
      }
    },
  },
  {
    name: 'scale-assistants',
    what: `three assistants become ${ASSISTANTS_MAX}, then two, then three`,
    isAlone: true,
    async inject({ stack, processesOf }, { step }) {
      const before = processesOf('assistant')
      step(`scale to ${ASSISTANTS_MAX}`)
      for (let count = before.length; count < ASSISTANTS_MAX; count += 1)
        await stack.startInstance('assistant')
      step('scale to 2')
      for (const process of processesOf('assistant').slice(2)) {
        const end = await process.remove()
        if (end !== 'exit code 0') throw new Error(`${process.instance} ended with ${end}`)
      }
      await stack.startInstance('assistant')
    },
  },
  {
    name: 'lose-answers',
    what: 'WhatsApp does not get the 200 that was on its way, and an ingress is killed',
    async inject(system, injection) {
      injection.step('reset before 200')
      system.lines.door.set({ resetOnDownMatch: 'HTTP/1.1 200' })
      await killed([some(system, 'ingress', injection)], injection)
      system.lines.door.set({})
    },
    expects: ({ refused }) => (refused > 0 ? undefined : 'no answer was lost'),
  },
  {
    name: 'kill-intake',
    what: 'the intake that records is killed',
    inject: async (system, injection) => killed([await recordingIntake(system)], injection),
  },
  {
    name: 'freeze-intake',
    what: 'the intake that records freezes, until the broker gives its place to the other',
    inject: async (system, injection) =>
      frozen([await recordingIntake(system)], { ...injection, holdMs: 20_000 }),
  },
  {
    name: 'kill-senders',
    what: 'the senders are killed between what WhatsApp accepted and the record of it',
    async inject(system, injection) {
      await system.sandbox.setReceipts(LATE_RECEIPTS)
      await system.sandbox.setFaults('whatsapp', { acceptThenHang: true, only: ['messages.send'] })
      await delay(500)
      const senders = system.processesOf('sender')
      injection.step('kill -9 all senders')
      await Promise.all(senders.map((it) => it.kill('SIGKILL')))
      await system.sandbox.setFaults('whatsapp', {})
      await delay(injection.holdMs)
      await Promise.all(senders.map((it) => it.restart()))
      await system.sandbox.setReceipts({})
    },
  },
  {
    name: 'freeze-sender',
    what: 'a sender freezes for longer than it trusts its claims, and wakes up',
    inject: (system, injection) =>
      frozen([some(system, 'sender', injection)], { ...injection, holdMs: 12_000 }),
  },
  {
    name: 'kill-guardrails',
    what: 'all guardrails are killed: the built-in minimum has to do',
    expects: ({ counters }) => (counters.breaker || counters.errors ? undefined : 'nobody has missed them'),
    inject: (system, injection) => killed(system.processesOf('guardrails'), injection),
  },
  {
    name: 'kill-scheduler',
    what: 'the scheduler is killed: nobody sweeps',
    inject: (system, injection) => killed(system.processesOf('scheduler'), injection),
  },
  {
    name: 'block-event-loop',
    what: 'the event loop of an assistant stands still for longer than its leases',
    inject: (system, injection) =>
      withSlowModel(system, injection, async () => {
        const process = some(system, 'assistant', injection)
        injection.step(`block ${process.instance}`)
        await system.sabotage(process, { do: 'block', ms: FROZEN_MS })
        await delay(FROZEN_MS)
      }),
    expects: ({ counters }) => (counters.fenced ? undefined : 'nobody was fenced'),
  },
  {
    name: 'exhaust-memory',
    what: 'an assistant, an intake and a sender run out of memory',
    async inject(system, injection) {
      for (const service of ['assistant', 'intake', 'sender'] as const) {
        const process = some(system, service, injection)
        injection.step(`exhaust the memory of ${process.instance}`)
        const { pid } = process
        await system.sabotage(process, { do: 'exhaust-memory' })
        await eventually(() => process.pid !== pid && process.pid > 0, {
          what: `${process.instance} to be started again`,
          timeoutMs: 30_000,
        })
      }
    },
    allows: ['crashed'],
    expects: ({ wrong }) => (wrong.crashed.length >= 3 ? undefined : 'not everybody crashed'),
  },
  {
    name: 'skew-clocks',
    what: 'the clocks of an assistant and a sender are ten minutes off, those of the ingresses step back',
    async inject(system, { step, holdMs }) {
      const [ahead, behind] = system.processesOf('assistant')
      const skews: [ServiceProcess | undefined, number][] = [
        [ahead, 600_000],
        [behind, -600_000],
        [system.processesOf('sender')[0], 600_000],
        ...system.processesOf('ingress').map((it): [ServiceProcess, number] => [it, -5_000]),
      ]
      for (const [process, aheadMs] of skews) {
        if (!process) continue
        step(`set the clock of ${process.instance} by ${aheadMs / 1_000} s`)
        await system.sabotage(process, { do: 'set-clock', aheadMs })
      }
      await delay(holdMs)
      for (const [process] of skews)
        if (process) await system.sabotage(process, { do: 'set-clock', aheadMs: 0 })
    },
  },
]
