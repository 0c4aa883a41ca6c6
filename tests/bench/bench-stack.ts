import type { ServiceProcess } from '@waybill/local'
import { freshStack, type TestStack } from '../fresh-stack.ts'
import { type Broker, openBroker } from './broker.ts'
import type { BusinessNumber } from './webhooks.ts'

type Scale = Partial<Record<ServiceProcess['service'], number>>
type Env = Partial<Record<ServiceProcess['service'], Record<string, string>>>

export type BenchStack = TestStack & {
  broker: Broker
  number: BusinessNumber
  processesOf(service: ServiceProcess['service']): readonly ServiceProcess[]
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
export async function benchStack({
  scale = {},
  env = {},
}: {
  scale?: Scale
  env?: Env
}): Promise<BenchStack> {
  await using opened = new AsyncDisposableStack()
  const system = opened.use(
    await freshStack(() => ({ scale: { ...NONE, ...scale }, env, forgesMessages: true })),
  )
  const broker = opened.use(await openBroker(system.stack.description.amqp))
  const whole = opened.move()
  return {
    ...system,
    broker,
    number: system.stack.description.whatsapp,
    processesOf: (service) => system.stack.processes.filter((it) => it.service === service),
    [Symbol.asyncDispose]: () => whole.disposeAsync(),
  }
}

/** Where a process listens. */
export const originOf = ({ metricsUrl }: ServiceProcess): string => new URL(metricsUrl).origin
