import { tmpdir } from 'node:os'
import { CHECKOUT } from '@waybill/local'
import { freshVhost } from '@waybill/test-kit'
import { Registry } from 'prom-client'
import { z } from 'zod'
import { sandboxAccounts } from '../../infra/local/stack/accounts.ts'
import { serviceVariables } from '../../infra/local/stack/services.ts'
import { EVERY_SERVICE } from '../every-service.ts'

const registered = z.object({
  name: z.string(),
  type: z.enum(['counter', 'gauge', 'histogram', 'summary']),
  help: z.string(),
  labelNames: z.array(z.string()),
})
type Registered = z.output<typeof registered>
export type Metric = Registered & { services: readonly string[] }

const NOBODY = '127.0.0.1:1'

/** What the services register, by name: each is started as it is, with a broker and nothing else in reach. */
export async function readMetrics(): Promise<Metric[]> {
  await using vhost = await freshVhost()
  const variables = {
    PROFILE: 'sandbox',
    ...sandboxAccounts(`http://${NOBODY}`),
    AMQP_URL: vhost.url,
    DATABASE_URL: `postgres://nobody@${NOBODY}/none`,
    REDIS_URL: `redis://${NOBODY}`,
    GUARDRAILS_URLS: `http://${NOBODY}`,
    GUARDRAILS_POLICY_DIR: `${CHECKOUT}/infra/guardrails`,
    MEDIA_DIR: tmpdir(),
  }
  const found = new Map<string, Metric>()
  for (const [service, start] of EVERY_SERVICE) {
    const env = { ...serviceVariables(service, variables), PORT: '0', LOG_LEVEL: 'silent' }
    for (const metric of await registeredDuring(() => start(env))) {
      const services = found.get(metric.name)?.services ?? []
      found.set(metric.name, { ...metric, services: [...services, service] })
    }
  }
  return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** The names of labels are not in what Prometheus reads while nothing has been counted: they are taken from the metrics themselves. */
async function registeredDuring(start: () => Promise<AsyncDisposable>): Promise<Registered[]> {
  const original = Object.getOwnPropertyDescriptor(Registry.prototype, 'registerMetric')
  if (!original) throw new Error('prom-client registers metrics in another way')
  const metrics: unknown[] = []
  Object.defineProperty(Registry.prototype, 'registerMetric', {
    ...original,
    value(this: Registry, metric: unknown) {
      metrics.push(metric)
      Reflect.apply(original.value, this, [metric])
    },
  })
  try {
    await using _service = await start()
  } finally {
    Object.defineProperty(Registry.prototype, 'registerMetric', original)
  }
  return metrics.map((metric) => registered.parse(metric))
}
