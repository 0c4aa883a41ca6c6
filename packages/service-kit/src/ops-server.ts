import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyServerOptions,
  type RouteOptions,
} from 'fastify'
import type { Registry } from 'prom-client'
import { accessOf, allow } from './access.ts'

type Options = {
  host: string
  port: number
  registry: Registry
  /** `false` takes the instance out of the load balancer; it does not restart it. */
  isReady: () => boolean
  /** Adds the service's own routes. The start fails on one of which nobody has said who may use it. */
  register?: (app: FastifyInstance) => void | Promise<void>
  server?: FastifyServerOptions
  /** The form of an answer that refuses, where the routes have none of their own. */
  refusalOf?: (status: number, message: string) => object
}
type RefusedError = Error & { statusCode?: number }
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
  const { host, port, registry, isReady, register, server, refusalOf = (_, error) => ({ error }) } = options
  // Of a failure of ours nobody outside learns more than that there was one.
  const refuse = (
    { statusCode: status = 500, message }: RefusedError,
    _request: unknown,
    reply: FastifyReply,
  ) => reply.code(status).send(refusalOf(status, status >= 500 ? 'something went wrong' : message))
  const app = Fastify({
    ...{ forceCloseConnections: 'idle', frameworkErrors: refuseBadPath, ...PATIENCE, ...server },
  })
  const routes: RouteOptions[] = []
  app.addHook('onRoute', (route) => {
    routes.push(route)
  })
  app.setErrorHandler<RefusedError>(refuse)
  app.setNotFoundHandler((_request, reply) => reply.code(404).send(refusalOf(404, 'there is no such route')))

  const inside = { onRequest: allow.network() }
  app.get('/live', inside, async () => ({ isLive: true }))
  app.get('/ready', inside, async (_request, reply) => {
    const ready = isReady()
    return reply.code(ready ? 200 : 503).send({ isReady: ready })
  })
  app.get('/metrics', inside, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  )
  if (register) await app.register(async (scope) => register(scope))
  await app.ready()
  const open = routes.flatMap((route) => (accessOf(route) ? [] : [`${String(route.method)} ${route.url}`]))
  if (open.length > 0) throw new Error(`nobody has said who may use ${open.join(', ')}`)
  const url = await app.listen({ host, port })
  return { url, app, [Symbol.asyncDispose]: () => close(app) }

  function refuseBadPath(_error: unknown, _request: unknown, reply: FastifyReply): void {
    reply.code(400).send(refusalOf(400, 'not a path'))
  }
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
