import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { reachableDir, serverAccount } from './account.ts'
import { type ChildProcess, logTail, startChild, waitUntilReady } from './child-process.ts'
import { freePorts } from './free-ports.ts'
import { endLeftovers } from './leftovers.ts'
import { postgresServer } from './postgres.ts'
import { epmdServer, rabbitMqServer } from './rabbitmq.ts'
import { redisServer } from './redis.ts'
import type { ServerDefinition, ServerName } from './server-definition.ts'

export type ServerUrls = {
  readonly postgresUrl: string
  readonly redisUrl: string
  readonly amqpUrl: string
  readonly rabbitmqManagementUrl: string
}

export type Servers = ServerUrls &
  AsyncDisposable & {
    readonly processes: readonly { name: ServerName; pid: number }[]
    /** Resolves when it has ended; at once for signals that end nothing. */
    kill(name: ServerName, signal: NodeJS.Signals): Promise<void>
    /** Stops it if it runs, and starts it on the same port and data. */
    restart(name: ServerName): Promise<void>
  }

export type UnexpectedEnd = { name: string; reason: string; logTail: string }

export type ServersOptions = {
  /** Data, logs and pid files. A second start with the same directory finds its data again. */
  dir: string
  log: (line: string) => void
  /** For servers that end with a test run: nothing waits for the disk, and the data go at the end. */
  isThrowaway?: boolean
  onUnexpectedEnd?: (end: UnexpectedEnd) => void
}

/** Private PostgreSQL, Redis and RabbitMQ on free ports of the loopback interface. */
export async function startServers(options: ServersOptions): Promise<Servers> {
  const { log, isThrowaway = false, onUnexpectedEnd } = options
  const account = serverAccount()
  const dir = reachableDir(options.dir, account)
  const pidDir = join(dir, 'pids')
  mkdirSync(dir, { recursive: true, mode: 0o711 })
  await endLeftovers(pidDir)

  const [postgresPort, redisPort, amqp, management, epmdPort, distribution] = await sixFreePorts()
  const place = (name: string) => ({ dir: join(dir, name), account, isDurable: !isThrowaway })
  const postgres = await postgresServer(place('postgres'), postgresPort)
  const redis = redisServer(place('redis'), redisPort)
  const epmd = epmdServer(place('rabbitmq'), epmdPort)
  const rabbitmq = rabbitMqServer(place('rabbitmq'), { amqp, management, epmd: epmdPort, distribution })

  const running = new Map<ServerName, ChildProcess>()
  const expectedEnds = new WeakSet<ChildProcess>()

  async function start(server: ServerDefinition) {
    const since = performance.now()
    const logFile = join(dir, 'logs', `${server.name}.log`)
    const { name, program, args, env } = server
    const child = await startChild({ name, program, args, env, cwd: server.dir, logFile, pidDir, account })
    running.set(name, child)
    await waitUntilReady(child, logFile, server.isReady)
    void child.ended.then((reason) => {
      if (!expectedEnds.has(child)) onUnexpectedEnd?.({ name, reason, logTail: logTail(logFile) })
    })
    if (name !== 'epmd') log(`${name} is up (${((performance.now() - since) / 1_000).toFixed(1)} s)`)
  }

  async function stop(server: ServerDefinition) {
    const child = running.get(server.name)
    if (!child) return
    expectedEnds.add(child)
    await child.stop(isThrowaway ? 'SIGKILL' : server.stopSignal)
  }

  async function stopAll() {
    await Promise.all([postgres, redis, rabbitmq].map(stop))
    await stop(epmd)
    if (isThrowaway) rmSync(dir, { recursive: true, force: true })
  }

  try {
    await start(epmd)
    await Promise.all([postgres, redis, rabbitmq].map(start))
  } catch (error) {
    await stopAll()
    throw error
  }

  const byName = { postgres, redis, epmd, rabbitmq }
  return {
    postgresUrl: postgres.url,
    redisUrl: redis.url,
    amqpUrl: rabbitmq.url,
    rabbitmqManagementUrl: rabbitmq.managementUrl,
    get processes() {
      return [...running].map(([name, { pid }]) => ({ name, pid }))
    },
    async kill(name, signal) {
      const child = running.get(name)
      if (!child) return
      const isEnd = signal !== 'SIGSTOP' && signal !== 'SIGCONT'
      if (isEnd) expectedEnds.add(child)
      child.signal(signal)
      if (isEnd) await child.ended
    },
    async restart(name) {
      await stop(byName[name])
      await start(byName[name])
    },
    [Symbol.asyncDispose]: stopAll,
  }
}

async function sixFreePorts() {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = await freePorts(6)
  return [a, b, c, d, e, f] as const
}
