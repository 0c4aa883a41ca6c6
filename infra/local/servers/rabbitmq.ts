import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chownSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { privateDir } from './account.ts'
import type { BrokerName, ServerDefinition, ServerPlace } from './server-definition.ts'

type Ports = { amqp: number; management: number; metrics: number; epmd: number; distribution: number }
type RabbitMq = ServerDefinition & {
  url: string
  managementUrl: string
  /** What `rabbitmqctl` says; rejects when it fails. */
  control: (...args: string[]) => Promise<string>
}

const BINARIES = '/usr/lib/rabbitmq/bin'
const CONTROL_MS_MAX = 60_000

/** Erlang's port mapper. RabbitMQ would start one by itself, as a daemon that outlives it. */
export function epmdServer(place: ServerPlace, port: number): ServerDefinition {
  return {
    name: 'epmd',
    dir: privateDir(place.dir, place.account),
    program: 'epmd',
    args: ['-port', String(port), '-address', '127.0.0.1'],
    env: {},
    stopSignal: 'SIGTERM',
    isReady: async () => {
      const socket = connect(port, '127.0.0.1')
      await once(socket, 'connect').finally(() => socket.destroy())
      return true
    },
  }
}

type Node = {
  name: BrokerName
  /** All nodes of a cluster, this one among them. */
  cluster: readonly BrokerName[]
  /** What the nodes of a cluster share: the password, and the cookie by which they know each other. */
  secrets: { password: string; cookie: string }
}

/** The first node makes the cluster, the others join it. */
export function rabbitMqServer(place: ServerPlace, ports: Ports, { name, cluster, secrets }: Node): RabbitMq {
  const dir = privateDir(place.dir, place.account)
  const { password } = secrets
  const cookie = join(dir, '.erlang.cookie')
  if (!existsSync(cookie)) writeFileSync(cookie, secrets.cookie, { mode: 0o400 })
  if (place.account) chownSync(cookie, place.account.uid, place.account.gid)
  writeFileSync(join(dir, 'enabled_plugins'), '[rabbitmq_management, rabbitmq_prometheus].\n')
  writeFileSync(
    join(dir, 'rabbitmq.conf'),
    [
      `listeners.tcp.1 = 127.0.0.1:${ports.amqp}`,
      'management.tcp.ip = 127.0.0.1',
      `management.tcp.port = ${ports.management}`,
      'prometheus.tcp.ip = 127.0.0.1',
      `prometheus.tcp.port = ${ports.metrics}`,
      'default_user = waybill',
      `default_pass = ${password}`,
      'disk_free_limit.absolute = 200MB',
      ...(cluster.length > 1 ? clusterSettings(cluster) : []),
    ].join('\n'),
    { mode: 0o644 },
  )

  const managementUrl = `http://waybill:${password}@127.0.0.1:${ports.management}`
  const env = {
    HOME: dir,
    RUNNING_UNDER_SYSTEMD: 'true', // no shell between us and the broker
    ERL_EPMD_PORT: String(ports.epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: nodeName(name),
    RABBITMQ_NODE_PORT: String(ports.amqp),
    RABBITMQ_DIST_PORT: String(ports.distribution),
    RABBITMQ_MNESIA_BASE: join(dir, 'db'),
    RABBITMQ_LOG_BASE: join(dir, 'log'),
    RABBITMQ_CONFIG_FILE: join(dir, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(dir, 'enabled_plugins'),
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_PID_FILE: join(dir, 'pid'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
  }
  return {
    name,
    dir,
    // Not the `rabbitmq-server` of the PATH: that one insists on being root or rabbitmq.
    program: join(BINARIES, 'rabbitmq-server'),
    args: [],
    env,
    stopSignal: 'SIGTERM',
    patienceMs: 2_000, // the broker is done within a tenth of this, its runtime lingers for six seconds
    isReady: () => isListening(managementUrl, ports.amqp),
    url: `amqp://waybill:${password}@127.0.0.1:${ports.amqp}`,
    managementUrl,
    async control(...args) {
      const { stdout } = await promisify(execFile)(join(BINARIES, 'rabbitmqctl'), args, {
        cwd: dir,
        env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', ...env },
        timeout: CONTROL_MS_MAX,
        ...place.account,
      })
      return stdout
    },
  }
}

async function isListening(managementUrl: string, amqpPort: number): Promise<boolean> {
  const { origin, username, password } = new URL(managementUrl)
  const answer = await fetch(`${origin}/api/health/checks/port-listener/${amqpPort}`, {
    headers: { authorization: `Basic ${btoa(`${username}:${password}`)}` },
    signal: AbortSignal.timeout(2_000),
  })
  return answer.ok
}

/** Kept in a directory, so that data of earlier starts can be read again. */
export function brokerSecrets(dir: string): Node['secrets'] {
  return { password: secretIn(join(dir, 'password')), cookie: secretIn(join(dir, 'cookie')) }
}

function clusterSettings(cluster: readonly BrokerName[]): string[] {
  return [
    'cluster_partition_handling = pause_minority',
    'cluster_formation.peer_discovery_backend = classic_config',
    ...cluster.map((it, index) => `cluster_formation.classic_config.nodes.${index + 1} = ${nodeName(it)}`),
  ]
}

const nodeName = (name: BrokerName) => `${name.replace('rabbitmq', 'waybill')}@localhost`

function secretIn(file: string): string {
  if (!existsSync(file)) writeFileSync(file, randomBytes(18).toString('hex'), { mode: 0o400 })
  return readFileSync(file, 'utf8')
}
