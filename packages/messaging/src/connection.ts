import amqp, { type ChannelModel } from 'amqplib'
import type { Logger } from 'pino'
import { createBackOff, within } from './back-off.ts'
import type { Metrics } from './metrics.ts'
import { socketOf } from './socket-of.ts'

type Options = {
  url: string
  name: string
  role: 'publish' | 'consume'
  heartbeatSeconds: number
  log: Logger
  metrics: Metrics
  /** Runs on every connection, the first and each later one, before it counts as connected. */
  setup: (model: ChannelModel, over: AbortSignal) => Promise<void>
}
/** `over` aborts when this connection has ended. */
export type Live = { readonly model: ChannelModel; readonly over: AbortSignal }
export type Connection = {
  /** Connected and set up for the first time; rejects when closed before. */
  readonly firstConnect: Promise<void>
  /** `undefined` while there is none. */
  readonly live: Live | undefined
  readonly isBlocked: boolean
  close(): Promise<void>
}

const RECONNECT = { msMin: 100, msMax: 10_000 }
// A connection that ends sooner counts as a failed attempt: otherwise a broker that throws us out at once would be
// asked again without a pause.
const STABLE_MS = 1_000
const HANDSHAKE_MS_MAX = 10_000
const CLOSE_MS_MAX = 1_000

/** Connects, and reconnects for ever, with back-off and full jitter. */
export function openConnection(options: Options): Connection {
  const { url, name, role, heartbeatSeconds, log, metrics, setup } = options
  const closing = new AbortController()
  const firstConnect = Promise.withResolvers<void>()
  let live: Live | undefined
  let isBlocked = false
  showBlocked(false)
  metrics.connected.set({ role }, 0)
  const ended = keepConnected()

  return {
    firstConnect: firstConnect.promise,
    get live() {
      return live
    },
    get isBlocked() {
      return isBlocked
    },
    async close() {
      closing.abort()
      firstConnect.promise.catch(() => {})
      firstConnect.reject(new Error('closed before the broker could be reached'))
      if (live) await hangUp(live.model)
      await within(CLOSE_MS_MAX, ended)
    },
  }

  async function keepConnected(): Promise<void> {
    const backOff = createBackOff(RECONNECT)
    let lastFailure = ''
    while (!closing.signal.aborted) {
      try {
        const { reason, livedMs } = await liveOnce()
        lastFailure = ''
        if (livedMs > STABLE_MS) backOff.reset()
        if (!closing.signal.aborted) log.warn({ role, reason }, 'lost the broker')
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        if (reason !== lastFailure) log.warn({ role, reason }, 'cannot connect to the broker, trying on')
        lastFailure = reason
      }
      await backOff.wait(closing.signal)
    }
  }

  /** One connection, from its opening until it has ended. */
  async function liveOnce(): Promise<{ reason: string; livedMs: number }> {
    const model = await amqp.connect(withHeartbeat(url, heartbeatSeconds), {
      noDelay: true,
      timeout: HANDSHAKE_MS_MAX,
      clientProperties: { connection_name: `${name} ${role}` },
    })
    const over = new AbortController()
    const lost = reasonOfEnd(model).finally(() => over.abort())
    model.on('blocked', (reason: string) => {
      showBlocked(true)
      log.error({ reason }, 'the broker takes no messages: look at its disk and memory')
    })
    model.on('unblocked', () => {
      showBlocked(false)
      log.info('the broker takes messages again')
    })
    try {
      await setup(model, over.signal)
      if (over.signal.aborted) throw new Error(await lost)
      closing.signal.throwIfAborted()
    } catch (error) {
      await hangUp(model)
      throw error
    }

    const since = performance.now()
    live = { model, over: over.signal }
    metrics.connected.set({ role }, 1)
    log.info({ role }, 'connected to the broker')
    firstConnect.resolve()
    const reason = await lost
    live = undefined
    showBlocked(false)
    metrics.connected.set({ role }, 0)
    destroySocket(model)
    return { reason, livedMs: performance.now() - since }
  }

  function showBlocked(next: boolean): void {
    isBlocked = next
    if (role === 'publish') metrics.blocked.set(next ? 1 : 0)
  }
}

function reasonOfEnd(model: ChannelModel): Promise<string> {
  return new Promise((resolve) => {
    let reason = 'closed'
    model.on('error', (error) => {
      reason = error.message
    })
    model.once('close', (error) => resolve(error?.message ?? reason))
  })
}

/** The closing handshake, or no handshake at all when the other side is silent. */
async function hangUp(model: ChannelModel): Promise<void> {
  await within(CLOSE_MS_MAX, model.close())
  destroySocket(model)
}

// amqplib only ends its side: towards a silent peer the socket, what is queued in it and the heartbeat would stay for
// minutes. The error makes it give the connection up if it has not yet.
function destroySocket(model: ChannelModel): void {
  socketOf(model)?.destroy(new Error('no answer to the closing handshake'))
}

function withHeartbeat(url: string, seconds: number): string {
  const withQuery = new URL(url)
  withQuery.searchParams.set('heartbeat', String(seconds))
  return withQuery.href
}
