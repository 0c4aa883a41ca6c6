import { randomUUID } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { migrate, ROLES, urlAs } from '@waybill/database'
import { importDrivers, loadFaq } from '@waybill/tools'
import { CHECKOUT } from '../launcher.ts'
import { freePorts } from '../servers/free-ports.ts'
import { endLeftovers } from '../servers/leftovers.ts'
import type { ServerUrls } from '../servers/start-servers.ts'
import { type Supervised, supervise, type UnexpectedEnd } from '../servers/supervise.ts'
import { sandboxAccounts } from './accounts.ts'
import { createBrokerUsers } from './broker-users.ts'
import { nginx } from './nginx.ts'
import { createRedisUser } from './redis-user.ts'
import { sandboxDrivers } from './sandbox-drivers.ts'
import { serviceCommand } from './service-command.ts'
import { DEFAULT_SCALE, type Scale, SERVICES, type ServiceName, serviceVariables } from './services.ts'

/** What `.local/stack.json` holds. */
export type StackDescription = {
  urls: { webhook: string; health: string; phone: string; sandbox: string; guardrails: string }
  whatsapp: { appSecret: string; verifyToken: string; phoneNumberId: string; wabaId: string }
  /** For dispatchers: what it takes is in the README of the service. */
  dispatch: { adminUrl: string; adminToken: string }
  postgres: string
  redis: string
  amqp: string
  rabbitmqManagement: string
  /** Of the names that conversations and messages have in the logs. */
  logHashKey: string
  processes: { service: ServiceName; instance: string; pid: number; metricsUrl: string }[]
}

export type ServiceProcess = {
  readonly service: ServiceName
  readonly instance: string
  readonly pid: number
  readonly metricsUrl: string
  /** Resolves with how it has ended, `exit code 0` or `SIGKILL`; at once for signals that end nothing. */
  kill(signal: NodeJS.Signals): Promise<string | undefined>
  /** On the same port, as the same instance. */
  restart(): Promise<void>
  /** Stops it for good. Resolves with how it has ended. */
  remove(): Promise<string | undefined>
}

export type Stack = AsyncDisposable & {
  readonly description: StackDescription
  readonly processes: readonly ServiceProcess[]
  /** One more of a service, of this checkout. Resolves when it is ready, and NGINX has been told of a new ingress. */
  startInstance(service: ServiceName): Promise<ServiceProcess>
}

export type StackOptions = {
  servers: ServerUrls
  /** Logs in `logs/`, pid files, what NGINX writes. */
  dir: string
  scale?: Partial<Scale>
  /** Of the front door; a free one without. */
  port?: number | undefined
  /** What drivers ask and are answered, in Markdown; `infra/faq` without. */
  faqDir?: string | undefined
  /** In place of what the sandbox plays, for all services. */
  accounts?: Readonly<Record<string, string>>
  /** Whose services and migrations are run: those of this checkout without. The sandbox is always of this one. */
  checkout?: string | undefined
  /** What the services call the machine of the sandbox: 127.0.0.1 without. */
  sandboxHost?: string
  /** On top, for one service. */
  env?: Partial<Record<ServiceName, Readonly<Record<string, string>>>>
  log: (line: string) => void
  onUnexpectedEnd?: (end: UnexpectedEnd) => void
  /** Gives up starting. */
  signal?: AbortSignal
}

const FAQ_DIR = fileURLToPath(new URL('../../faq', import.meta.url))

type Instance = ServiceProcess & Supervised & { readonly port: number }

/** NGINX, every service and the sandbox as processes of this machine, on a database that it migrates and seeds. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { servers, dir, log, onUnexpectedEnd, signal } = options
  const pidDir = join(dir, 'pids')
  await endLeftovers(pidDir)
  rmSync(join(dir, 'logs'), { recursive: true, force: true })
  const checkout = options.checkout ?? CHECKOUT
  const database = join(checkout, 'packages/database')
  await migrate(servers.postgresUrl, { dir: join(database, 'migrations') })
  // A version from before there were roles has no rights for them.
  const hasRoles = existsSync(join(database, 'grants.sql'))
  const toolsUrl = hasRoles ? urlAs('waybill_tools', servers.postgresUrl) : servers.postgresUrl
  await loadFaq(toolsUrl, options.faqDir ?? FAQ_DIR)
  // With a real WhatsApp, their numbers could be somebody's.
  if (!options.accounts?.WHATSAPP_ACCESS_TOKEN) await importDrivers(toolsUrl, sandboxDrivers())

  const scale = { ...DEFAULT_SCALE, ...options.scale, sandbox: 1 }
  const wanted = SERVICES.flatMap((service) => Array.from({ length: scale[service] }, () => service))
  const [anyPort = 0, ...ports] = await freePorts(1 + wanted.length)
  const sandboxUrl = `http://127.0.0.1:${ports[wanted.indexOf('sandbox')]}`
  const door = nginx({ dir, pidDir, port: options.port ?? anyPort, onUnexpectedEnd, signal })
  const webhookUrl = `${door.url}/webhook`
  const played = sandboxAccounts(sandboxUrl.replace('127.0.0.1', options.sandboxHost ?? '127.0.0.1'))
  const variables = {
    DATABASE_URL: servers.postgresUrl,
    REDIS_URL: servers.redisUrl,
    AMQP_URL: servers.amqpUrl,
    LOG_HASH_KEY: randomUUID(),
    MEDIA_DIR: join(dir, 'media'),
    GUARDRAILS_POLICY_DIR: join(checkout, 'infra/guardrails'),
    GUARDRAILS_URLS: wanted
      .flatMap((service, index) => (service === 'guardrails' ? [`http://127.0.0.1:${ports[index]}`] : []))
      .join(','),
    ...played,
    ...options.accounts,
    // The database here asks for no password, whoever the upstreams are.
    PROFILE: 'sandbox',
  }
  const brokerUsers = await createBrokerUsers(servers)
  const redisUser = await createRedisUser(servers.redisUrl)
  const instances: Instance[] = []
  const numbers = new Map<ServiceName, number>()

  function newInstance(service: ServiceName, port: number, from = CHECKOUT): Instance {
    const number = (numbers.get(service) ?? 0) + 1
    numbers.set(service, number)
    const instance = `${service}-${number}`
    const url = `http://127.0.0.1:${port}`
    const own =
      service === 'sandbox'
        ? { ...played, PROFILE: 'sandbox', SANDBOX_WEBHOOK_URL: webhookUrl }
        : serviceVariables(service, variables)
    const given: Record<string, string> = { ...own, ...options.env?.[service] }
    // Another commit may need other queues, and declares them.
    const amqp =
      given.AMQP_URL && from === CHECKOUT ? { AMQP_URL: brokerUsers.urlFor(service, given.AMQP_URL) } : {}
    const redis = given.REDIS_URL ? { REDIS_URL: redisUser.urlFor(given.REDIS_URL) } : {}
    const role = ROLES.find((it) => it === `waybill_${service}`)
    const postgres =
      given.DATABASE_URL && role && hasRoles ? { DATABASE_URL: urlAs(role, given.DATABASE_URL) } : {}
    const env = { ...given, ...amqp, ...redis, ...postgres }
    const supervised = supervise({
      command: serviceCommand({ checkout: from, service, instance, port, dir, pidDir, env }),
      isReady: async () => (await fetch(`${url}/ready`)).ok,
      onUnexpectedEnd,
      signal,
    })
    const it: Instance = Object.assign(supervised, {
      ...{ service, instance, port, metricsUrl: `${url}/metrics` },
      async remove() {
        instances.splice(instances.indexOf(it), 1)
        if (service === 'ingress') door.setUpstreams(portsOf('ingress'))
        return supervised.kill('SIGTERM')
      },
    })
    instances.push(it)
    return it
  }
  const portsOf = (service: ServiceName) =>
    instances.flatMap((it) => (it.service === service ? [it.port] : []))

  async function stop() {
    await door[Symbol.asyncDispose]()
    // The sandbox last: the others finish what they have begun with it.
    await Promise.all(instances.filter((it) => it.service !== 'sandbox').map((it) => it.stop()))
    await Promise.all(instances.map((it) => it.stop()))
    await brokerUsers[Symbol.asyncDispose]()
    await redisUser[Symbol.asyncDispose]()
  }

  for (const [index, service] of wanted.entries()) {
    newInstance(service, ports[index] ?? 0, service === 'sandbox' ? CHECKOUT : checkout)
  }
  door.setUpstreams(portsOf('ingress'))
  try {
    const since = performance.now()
    await Promise.all([door.start(), ...instances.map((it) => it.start())])
    log(`${instances.length} services are up (${((performance.now() - since) / 1_000).toFixed(1)} s)`)
  } catch (error) {
    await stop()
    throw error
  }

  return {
    get description() {
      return {
        urls: {
          webhook: webhookUrl,
          health: `${door.url}/health`,
          phone: `${sandboxUrl}/`,
          sandbox: sandboxUrl,
          guardrails: `http://127.0.0.1:${portsOf('guardrails')[0]}`,
        },
        whatsapp: {
          appSecret: variables.WHATSAPP_APP_SECRET,
          verifyToken: variables.WHATSAPP_VERIFY_TOKEN,
          phoneNumberId: variables.WHATSAPP_PHONE_NUMBER_ID,
          wabaId: variables.WHATSAPP_WABA_ID,
        },
        dispatch: {
          adminUrl: `http://127.0.0.1:${portsOf('dispatch')[0]}/admin`,
          adminToken: variables.DISPATCH_ADMIN_TOKEN,
        },
        postgres: servers.postgresUrl,
        redis: servers.redisUrl,
        amqp: servers.amqpUrl,
        rabbitmqManagement: servers.rabbitmqManagementUrl,
        logHashKey: variables.LOG_HASH_KEY,
        processes: instances.map(({ service, instance, pid, metricsUrl }) => ({
          service,
          instance,
          pid,
          metricsUrl,
        })),
      }
    },
    processes: instances,
    async startInstance(service) {
      const [port = 0] = await freePorts(1)
      const it = newInstance(service, port)
      await it.start()
      if (service === 'ingress') door.setUpstreams(portsOf('ingress'))
      return it
    },
    [Symbol.asyncDispose]: stop,
  }
}
