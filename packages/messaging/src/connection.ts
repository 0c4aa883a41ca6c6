import amqp, { type ChannelModel } from 'amqplib'
import type { Logger } from 'pino'
import type { Metrics } from './metrics.ts'

type Options = {
  url: string
  name: string
  role: 'publish' | 'consume'
  heartbeatSeconds: number
  log: Logger
  metrics: Metrics
  /** Runs on every connection, the first and each later one, before it counts as connected. */
  setup: (model: ChannelModel) => Promise<void>
}
export type Connection = {
  readonly isConnected: boolean
  readonly isBlocked: boolean
  close(): Promise<void>
}

const RECONNECT_MS_MIN = 100
const RECONNECT_MS_MAX = 10_000

/** Resolves once connected and set up; after that it reconnects for ever, with back-off and full jitter. */
export async function openConnection(options: Options): Promise<Connection> {
  const { url, name, role, heartbeatSeconds, log, metrics, setup } = options
  const state = { isConnected: false, isBlocked: false }
  let lastFailure = ''

  const connection = await amqp.connect(withHeartbeat(url, heartbeatSeconds), {
    noDelay: true,
    clientProperties: { connection_name: `${name} ${role}` },
    recovery: {
      waitForConnect: false,
      calculateDelay: (attempt) =>
        Math.random() * Math.min(RECONNECT_MS_MIN * 2 ** (attempt - 1), RECONNECT_MS_MAX),
      async setup(model: ChannelModel) {
        model.on('error', () => {}) // while setting up nobody else listens; the close that follows says why
        await setup(model)
      },
    },
  })
  connection.on('error', () => {})
  connection.on('connect', () => {
    Object.assign(state, { isConnected: true, isBlocked: false })
    lastFailure = ''
    metrics.connected.set({ role }, 1)
    log.info({ role }, 'connected to the broker')
  })
  connection.on('disconnect', (error: Error) => {
    state.isConnected = false
    metrics.connected.set({ role }, 0)
    log.warn({ role, reason: error.message }, 'lost the broker')
  })
  connection.on('connect-failed', (error: Error) => {
    if (error.message !== lastFailure)
      log.warn({ role, reason: error.message }, 'cannot reach the broker, trying on')
    lastFailure = error.message
  })
  connection.on('blocked', (reason: string) => {
    state.isBlocked = true
    metrics.blocked.set(1)
    log.error({ reason }, 'the broker takes no messages: look at its disk and memory')
  })
  connection.on('unblocked', () => {
    state.isBlocked = false
    metrics.blocked.set(0)
    log.info('the broker takes messages again')
  })
  await connection.waitForConnect()

  return {
    get isConnected() {
      return state.isConnected
    },
    get isBlocked() {
      return state.isBlocked
    },
    close: () => connection.close(),
  }
}

function withHeartbeat(url: string, seconds: number): string {
  const withQuery = new URL(url)
  withQuery.searchParams.set('heartbeat', String(seconds))
  return withQuery.href
}
