import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ServiceProcess } from '@waybill/local'
import { importDrivers } from '@waybill/tools'
import type { FleetDriver } from '../../services/sandbox/src/fleet.ts'
import { freshStack, type TestStack } from '../fresh-stack.ts'
import { sandboxAt } from '../sandbox.ts'
import { benchFleet } from './bench-fleet.ts'
import { type Broker, openBroker } from './broker.ts'
import type { BusinessNumber } from './webhooks.ts'

type Scale = Partial<Record<ServiceProcess['service'], number>>
type Env = Partial<Record<ServiceProcess['service'], Record<string, string>>>

export type BenchStack = TestStack & {
  broker: Broker
  sandbox: ReturnType<typeof sandboxAt>
  drivers: readonly FleetDriver[]
  number: BusinessNumber
  processesOf(service: ServiceProcess['service']): readonly ServiceProcess[]
}

type Options = {
  scale?: Scale
  env?: Env
  /** Of the bench, beside those that the sandbox has anyway. */
  drivers?: number
}

// NGINX does not start without an ingress behind it.
const NONE: Scale = {
  ingress: 1,
  intake: 0,
  assistant: 0,
  guardrails: 0,
  sender: 0,
  scheduler: 0,
  dispatch: 0,
}

/** A system of nothing but what is asked for, started as `npm start` does: from source, behind NGINX. */
export async function benchStack({ scale = {}, env = {}, drivers: count = 0 }: Options): Promise<BenchStack> {
  await using opened = new AsyncDisposableStack()
  const dir = opened.use(await mkdtempDisposable(join(tmpdir(), 'waybill-bench-')))
  const fleetFile = join(dir.path, 'fleet.json')
  const drivers = benchFleet(count, fleetFile)
  const system = opened.use(
    await freshStack(() => ({
      scale: { ...NONE, ...scale },
      env: { ...env, sandbox: { ...env.sandbox, SANDBOX_FLEET: fleetFile } },
      forgesMessages: true,
    })),
  )
  const rows = drivers.map(({ orders: _orders, ...driver }) => ({
    ...driver,
    ...{ checkInAt: null, checkInUntil: '11:00', permissions: ['customer-phone'] },
  }))
  await importDrivers(system.servers.postgresUrl, rows)
  const broker = opened.use(await openBroker(system.stack.description.amqp))
  const whole = opened.move()
  return {
    ...system,
    ...{ broker, drivers, sandbox: sandboxAt(system.stack.description.urls.sandbox) },
    number: system.stack.description.whatsapp,
    processesOf: (service) => system.stack.processes.filter((it) => it.service === service),
    [Symbol.asyncDispose]: () => whole.disposeAsync(),
  }
}

/** Where a process listens. */
export const originOf = ({ metricsUrl }: ServiceProcess): string => new URL(metricsUrl).origin
