import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** What the connections through a proxy suffer, from now on. Up is from the client to the server. */
export type Faults = {
  /** On everything, both ways. */
  latencyMs?: number
  jitterMs?: number
  /** New connections are reset. */
  refuse?: boolean
  /** Bytes that way vanish; both: the other side is there, but silent. */
  dropUp?: boolean
  dropDown?: boolean
  /** Both sides are reset once the client has written this much. */
  resetAfterUpBytes?: number
  /** The client is reset instead of being given an answer that contains this: the work is done, the answer lost. */
  resetOnDownMatch?: string
}

export type FaultProxy = AsyncDisposable & {
  /** The first target's URL, through the proxy. */
  readonly url: string
  /** Replaces all faults; `{}` heals. */
  set(faults: Faults): void
  /** Resets every connection that is open. */
  resetAll(): void
}

type Pair = { client: Socket; server: Socket; upBytes: number }

/**
 * A TCP proxy in front of a server, to break the line between it and whoever uses `url`. With more servers than one,
 * connections go to each in turn: who is refused by one gets to the next by trying again.
 */
export async function startFaultProxy(targetUrl: string, ...more: readonly string[]): Promise<FaultProxy> {
  const targets = [targetUrl, ...more].map((it) => new URL(it))
  let connections = 0
  const pairs = new Set<Pair>()
  let faults: Faults = {}

  const proxy = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    client.on('error', () => {})
    if (faults.refuse) return client.resetAndDestroy()
    const target = targets[connections++ % targets.length]
    const server = connect({
      host: target?.hostname,
      port: Number(target?.port),
      allowHalfOpen: true,
      noDelay: true,
    })
    server.on('error', () => client.destroy())
    const pair = { client, server, upBytes: 0 }
    pairs.add(pair)
    client.once('close', () => server.destroy())
    server.once('close', () => {
      client.destroy()
      pairs.delete(pair)
    })
    forward(pair, 'up', () => faults)
    forward(pair, 'down', () => faults)
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')

  function resetAll() {
    for (const pair of pairs) reset(pair)
  }
  const address = proxy.address()
  const url = new URL(targetUrl)
  url.host = `127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`
  return {
    url: url.href,
    set(next) {
      faults = next
    },
    resetAll,
    async [Symbol.asyncDispose]() {
      const closed = once(proxy.close(), 'close')
      resetAll()
      await closed
    },
  }
}

function forward(pair: Pair, way: 'up' | 'down', faults: () => Faults) {
  const [from, to] = way === 'up' ? [pair.client, pair.server] : [pair.server, pair.client]
  let dueAt = 0 // keeps the order of the bytes under jitter

  function later(work: () => void) {
    const { latencyMs = 0, jitterMs = 0 } = faults()
    const now = performance.now()
    dueAt = Math.max(dueAt, now + latencyMs + Math.random() * jitterMs)
    if (dueAt > now) setTimeout(work, dueAt - now)
    else work()
  }
  const isSilent = () => (way === 'up' ? faults().dropUp : faults().dropDown)
  from.on('data', (bytes) => {
    const { resetAfterUpBytes, resetOnDownMatch } = faults()
    if (isSilent()) return
    if (way === 'down' && resetOnDownMatch && bytes.includes(resetOnDownMatch)) return reset(pair)
    later(() => {
      if (to.destroyed) return
      to.write(bytes)
      if (way === 'down') return
      pair.upBytes += bytes.length
      if (resetAfterUpBytes && pair.upBytes >= resetAfterUpBytes) reset(pair)
    })
  })
  from.on('end', () => {
    if (!isSilent()) later(() => to.end())
  })
}

function reset({ client, server }: Pair) {
  client.resetAndDestroy()
  server.resetAndDestroy()
}
