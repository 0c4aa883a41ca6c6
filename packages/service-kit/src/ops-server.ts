import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import type { Registry } from 'prom-client'

type Options = {
  host: string
  port: number
  registry: Registry
  /** `false` takes the instance out of the load balancer; it does not restart it. */
  isReady: () => boolean
  /** Adds the service's own routes. */
  register?: (app: FastifyInstance) => void | Promise<void>
  server?: FastifyServerOptions
}
export type OpsServer = AsyncDisposable & { url: string; app: FastifyInstance }

/** A client that dribbles its request, or has stopped listening, is cut off. */
const PATIENCE = {
  requestTimeout: 10_000,
  connectionTimeout: 60_000,
  http: { headersTimeout: 5_000, connectionsCheckingInterval: 1_000 },
} as const
const IDLE_SWEEP_MS = 100
/** For the requests in hand when the server is closed: longer than ingress waits for RabbitMQ. */
const REQUESTS_MS_MAX = 3_000

/** `/live` checks nothing outside the process, `/ready` says whether it can work, `/metrics` is for Prometheus. */
export async function startOpsServer(options: Options): Promise<OpsServer> {
  const { host, port, registry, isReady, register, server } = options
  const app = Fastify({ forceCloseConnections: 'idle', ...PATIENCE, ...server })
  app.get('/live', async () => ({ isLive: true }))
  app.get('/ready', async (_request, reply) => {
    const ready = isReady()
    return reply.code(ready ? 200 : 503).send({ isReady: ready })
  })
  app.get('/metrics', async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  )
  await register?.(app)
  const url = await app.listen({ host, port })
  return { url, app, [Symbol.asyncDispose]: () => close(app) }
}

/**
 * A connection that had a request in hand when the server was closed would stay open after its answer for as long as it
 * is kept alive, and one that never said anything until its own deadline.
 */
async function close(app: FastifyInstance): Promise<void> {
  const sweeping = setInterval(() => app.server.closeIdleConnections(), IDLE_SWEEP_MS)
  const ending = setTimeout(() => app.server.closeAllConnections(), REQUESTS_MS_MAX)
  try {
    await app.close()
  } finally {
    clearInterval(sweeping)
    clearTimeout(ending)
  }
}
