import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { kill } from 'node:process'
import { type Servers, type ServiceProcess, type Stack, startServers, startStack } from '@waybill/local'
import { eventually, type FaultProxy, startFaultProxy } from '@waybill/test-kit'
import pg from 'pg'
import { checkoutOf } from '../checkout-of.ts'
import { sandboxAt } from '../sandbox.ts'
import type { Driver } from './load.ts'

type Sandbox = ReturnType<typeof sandboxAt>
type ServiceName = ServiceProcess['service']
type Line = 'door' | 'ingressAmqp' | 'amqp' | 'postgres' | 'redis'
export type Sabotage =
  | { do: 'block'; ms: number }
  | { do: 'exhaust-memory' }
  | { do: 'set-clock'; aheadMs: number }
  | { do: 'forget-hosts'; hosts: string[] }

/** The whole system on servers of its own, with a proxy on every line between them. */
export type FaultStack = AsyncDisposable & {
  readonly stack: Stack
  readonly servers: Servers
  /** Each is one line of the system: cut, slowed, silenced. `door` is between WhatsApp and NGINX. */
  readonly lines: Readonly<Record<Line, FaultProxy>>
  readonly sandbox: Sandbox
  /** To look at the database, past the proxy. */
  readonly pool: pg.Pool
  readonly drivers: readonly Driver[]
  /** What the services call the machine of WhatsApp, OpenRouter and the order system. */
  readonly sandboxHost: string
  /** Logs are below. */
  readonly dir: string
  processesOf: (service: ServiceName) => readonly ServiceProcess[]
  sabotage(process: ServiceProcess, sabotage: Sabotage): Promise<void>
  /** Hears of every process that ends by itself; it is started again. */
  onCrash(listener: CrashListener): Disposable
}

/** With one RabbitMQ, with three, or with the services of the commit before. */
export type SystemKind = 'plain' | 'cluster' | 'previous'

type CrashListener = (process: string, reason: string) => void
type Options = {
  drivers: number
  kind: SystemKind
  log: (line: string) => void
}

// What freezes is given up after this: shorter than in production, so that a run is.
const LEASE_MS = 5_000
const HEAP_MB_MAX = 300
const SANDBOX_HOST = 'sandbox.fault.test' // the saboteur knows where that is
const SABOTEUR = new URL('saboteur.mjs', import.meta.url).href
const SERVICE_NAMES: readonly ServiceName[] = [
  'ingress',
  'intake',
  'assistant',
  'guardrails',
  'sender',
  'scheduler',
  'dispatch',
]

export async function startFaultStack({ drivers: count, kind, log }: Options): Promise<FaultStack> {
  await using opened = new AsyncDisposableStack()
  const dir = opened.adopt(await mkdtemp(join(tmpdir(), 'waybill-faults-')), (it) =>
    rm(it, { recursive: true, force: true }),
  )
  const servers = opened.use(
    await startServers({
      dir: join(dir, 'servers'),
      isThrowaway: true,
      brokers: kind === 'cluster' ? 3 : 1,
      log,
    }),
  )
  const line = async (url: string, ...more: readonly string[]) =>
    opened.use(await startFaultProxy(url, ...more))
  const otherNodes = servers.amqpUrls.slice(1)
  const ingressAmqp = await line(servers.amqpUrl, ...otherNodes)
  const amqp = await line(servers.amqpUrl, ...otherNodes)
  const postgres = await line(servers.postgresUrl)
  const redis = await line(servers.redisUrl)

  const listeners = new Set<CrashListener>()
  const common = { NODE_OPTIONS: `--import=${SABOTEUR} --max-old-space-size=${HEAP_MB_MAX}`, FAULT_DIR: dir }
  const own: Partial<Record<ServiceName, Record<string, string>>> = {
    ingress: { AMQP_URL: ingressAmqp.url },
    assistant: { LEASE_MS: String(LEASE_MS) },
  }
  const stack = opened.use(
    await startStack({
      servers: { ...servers, amqpUrl: amqp.url, redisUrl: redis.url },
      dir,
      checkout: kind === 'previous' ? opened.use(await checkoutOf('HEAD~1')).dir : undefined,
      sandboxHost: SANDBOX_HOST,
      env: Object.fromEntries(
        SERVICE_NAMES.map((service) => [
          service,
          { ...common, ...(service === 'ingress' ? {} : { DATABASE_URL: postgres.url }), ...own[service] },
        ]),
      ),
      log,
      onUnexpectedEnd: ({ name, reason, restart }) => {
        for (const listener of listeners) listener(name, reason)
        void restart().catch(() => {})
      },
    }),
  )
  const door = await line(stack.description.urls.webhook)
  const pool = opened.adopt(
    new pg.Pool({ connectionString: servers.postgresUrl, max: 3, application_name: 'faults' }),
    (it) => it.end(),
  )
  pool.on('error', () => {})
  // Whether it happens to be nine somewhere is none of a fault's business.
  await pool.query('UPDATE drivers SET check_in_at = NULL')
  const sandbox = sandboxAt(stack.description.urls.sandbox)
  const drivers = await inTouch(sandbox, count)
  const processesOf = (service: ServiceName) => stack.processes.filter((it) => it.service === service)

  const whole = opened.move()
  return {
    ...{ stack, servers, lines: { door, ingressAmqp, amqp, postgres, redis }, sandbox, pool, drivers, dir },
    sandboxHost: SANDBOX_HOST,
    processesOf,
    async sabotage(process, sabotage) {
      await writeFile(join(dir, `${process.instance}.json`), JSON.stringify(sabotage))
      kill(process.pid, 'SIGUSR2')
    },
    onCrash(listener) {
      listeners.add(listener)
      return { [Symbol.dispose]: () => listeners.delete(listener) }
    },
    [Symbol.asyncDispose]: () => whole.disposeAsync(),
  }
}

/** Drivers who have just written: WhatsApp lets replies through, also to webhooks that it has never sent itself. */
async function inTouch(sandbox: Sandbox, count: number): Promise<Driver[]> {
  const phones = (await sandbox.drivers())
    .filter(({ id }) => id.startsWith('driver-load'))
    .slice(0, count)
    .map(({ phone }) => phone)
  return Promise.all(
    phones.map(async (phone) => {
      const driver = sandbox.phone(phone)
      await driver.send('help')
      await eventually(async () => (await driver.answers()).length > 0, {
        what: `an answer on ${phone}`,
        timeoutMs: 120_000,
      })
      const { today } = await sandbox.ordersOf(phone)
      return { phone, orderIds: today.map(({ id }) => id) }
    }),
  )
}
