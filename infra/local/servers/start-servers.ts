import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { openDir, privateDir, reachableDir, serverAccount } from './account.ts'
import { freePorts } from './free-ports.ts'
import { endLeftovers } from './leftovers.ts'
import { postgresServer } from './postgres.ts'
import { brokerSecrets, epmdServer, rabbitMqServer } from './rabbitmq.ts'
import { redisServer } from './redis.ts'
import type { BrokerName, ServerName } from './server-definition.ts'
import { supervise, type UnexpectedEnd } from './supervise.ts'

export type ServerUrls = {
  readonly postgresUrl: string
  readonly redisUrl: string
  readonly amqpUrl: string
  readonly rabbitmqManagementUrl: string
}

export type Servers = ServerUrls &
  AsyncDisposable & {
    readonly processes: readonly { name: ServerName; pid: number }[]
    /** Resolves with how it has ended; at once for signals that end nothing. */
    kill(name: ServerName, signal: NodeJS.Signals): Promise<string | undefined>
    /** Stops it if it runs, and starts it on the same port and data. */
    restart(name: ServerName): Promise<void>
    /** Of every node; `amqpUrl` is the first. */
    readonly amqpUrls: readonly string[]
    /** What `rabbitmqctl` says of the first node; rejects when it fails. */
    rabbitmqctl(...args: string[]): Promise<string>
  }

export type ServersOptions = {
  /** Data, logs and pid files. A second start with the same directory finds its data again. */
  dir: string
  log: (line: string) => void
  /** Without the data of earlier starts. */
  isFresh?: boolean
  /** For servers that end with a test run: nothing waits for the disk, and the data go at the end. */
  isThrowaway?: boolean
  /** Nodes of RabbitMQ: one, or a cluster of three. */
  brokers?: 1 | 3
  onUnexpectedEnd?: (end: UnexpectedEnd) => void
  /** Gives up starting. */
  signal?: AbortSignal
}

const BROKERS: readonly BrokerName[] = ['rabbitmq', 'rabbitmq-2', 'rabbitmq-3']

/** Private PostgreSQL, Redis and RabbitMQ on free ports of the loopback interface. */
export async function startServers(options: ServersOptions): Promise<Servers> {
  const { log, isFresh = false, isThrowaway = false, brokers = 1, onUnexpectedEnd, signal } = options
  const account = serverAccount()
  const dir = reachableDir(options.dir, account)
  const pidDir = join(dir, 'pids')
  await endLeftovers(pidDir)
  rmSync(isFresh ? dir : join(dir, 'logs'), { recursive: true, force: true })
  openDir(dir)

  const [postgresPort = 0, redisPort = 0, epmdPort = 0, ...brokerPorts] = await freePorts(3 + 4 * brokers)
  const place = (name: string) => ({ dir: join(dir, name), account, isDurable: !isThrowaway })
  const postgres = await postgresServer(place('postgres'), postgresPort)
  const redis = redisServer(place('redis'), redisPort)
  const epmd = epmdServer(place('epmd'), epmdPort)
  const cluster = BROKERS.slice(0, brokers)
  const secrets = brokerSecrets(privateDir(join(dir, 'rabbitmq'), account))
  const nodes = cluster.map((name, index) => {
    const [amqp = 0, management = 0, metrics = 0, distribution = 0] = brokerPorts.slice(index * 4)
    const ports = { amqp, management, metrics, epmd: epmdPort, distribution }
    return rabbitMqServer(place(name), ports, { name, cluster, secrets })
  })
  const [rabbitmq] = nodes
  if (!rabbitmq) throw new Error('there is no broker')
  const names = ['postgres', 'redis', ...cluster] as const

  const supervised = new Map(
    [epmd, postgres, redis, ...nodes].map(({ name, dir: cwd, program, args, env, isReady, ...server }) => {
      const logFile = join(dir, 'logs', `${name}.log`)
      const command = { name, program, args, env, cwd, logFile, pidDir, account }
      const stopSignal = isThrowaway ? ('SIGKILL' as const) : server.stopSignal
      return [
        name,
        supervise({ command, isReady, stopSignal, patienceMs: server.patienceMs, onUnexpectedEnd, signal }),
      ]
    }),
  )
  const one = (name: ServerName) => {
    const found = supervised.get(name)
    if (!found) throw new Error(`there is no server called ${name}`)
    return found
  }

  async function start(name: ServerName) {
    const since = performance.now()
    await one(name).start()
    log(`${name} is up (${((performance.now() - since) / 1_000).toFixed(1)} s)`)
  }
  async function stopAll() {
    await Promise.all(names.map((name) => one(name).stop()))
    await one('epmd').stop()
    if (isThrowaway) rmSync(dir, { recursive: true, force: true })
  }

  try {
    await one('epmd').start()
    await Promise.all((['postgres', 'redis', 'rabbitmq'] as const).map(start))
    for (const follower of cluster.slice(1)) await start(follower)
  } catch (error) {
    await stopAll()
    throw error
  }
  return {
    postgresUrl: postgres.url,
    redisUrl: redis.url,
    amqpUrl: rabbitmq.url,
    amqpUrls: nodes.map(({ url }) => url),
    rabbitmqManagementUrl: rabbitmq.managementUrl,
    get processes() {
      return [...supervised].map(([name, { pid }]) => ({ name, pid }))
    },
    kill: (name, signal) => one(name).kill(signal),
    restart: (name) => one(name).restart(),
    rabbitmqctl: rabbitmq.control,
    [Symbol.asyncDispose]: stopAll,
  }
}
