import { contractsOf, orderEventReceived, webhookReceived } from '@waybill/contracts'
import { connectMessaging } from '@waybill/messaging'
import { createLogger, createRegistry, startOpsServer } from '@waybill/service-kit'
import { startTracing } from '@waybill/tracing'
import { answerHandshake } from './answer-handshake.ts'
import type { Config } from './config.ts'
import { createMetrics } from './metrics.ts'
import { receiveOrderEvent } from './receive-order-event.ts'
import { BODY_BYTES_MAX, receiveWebhook } from './receive-webhook.ts'
import { shedLoad } from './shed-load.ts'

// A confirm that takes longer than its deadline is most often one that never comes: the sooner a silent broker is cut
// off, the sooner a new connection finds another node.
const HEARTBEAT_SECONDS = 5

/** How it takes requests. */
export const SERVER = {
  bodyLimit: BODY_BYTES_MAX,
  exposeHeadRoutes: false,
  connectionTimeout: 10_000,
  // Longer than NGINX keeps idle connections (60 s): it must be the one to close, or a webhook would meet a closed door.
  keepAliveTimeout: 75_000,
} as const

export async function startService(config: Config): Promise<AsyncDisposable & { url: string }> {
  await using opened = new AsyncDisposableStack()
  const identity = { service: 'ingress', instance: config.instance }
  const log = createLogger({ ...identity, ...config.log })
  opened.use(await startTracing({ ...identity, ...config.tracing, log }))
  const registry = createRegistry(identity)
  const metrics = createMetrics(registry)

  const messaging = opened.use(
    await connectMessaging({
      url: config.amqp.url,
      name: config.instance,
      log,
      registry,
      contracts: contractsOf('ingress'),
      heartbeatSeconds: HEARTBEAT_SECONDS,
    }),
  )
  const server = opened.use(
    await startOpsServer({
      ...config.http,
      registry,
      isReady: () => messaging.isReady(),
      server: SERVER,
      async register(app) {
        await shedLoad(app, metrics)
        answerHandshake(app, { verifyToken: config.whatsapp.verifyToken, metrics })
        receiveOrderEvent(app, {
          secrets: config.orderEvents.secrets,
          metrics,
          now: Date.now,
          publish: (event) =>
            messaging.publish(orderEventReceived, event, {
              messageId: event.id,
              timeoutMs: config.amqp.confirmTimeoutMs,
            }),
        })
        receiveWebhook(app, {
          appSecrets: config.whatsapp.appSecrets,
          ingressId: config.instance,
          metrics,
          log,
          publish: (body, headers) =>
            messaging.publish(webhookReceived, body, { headers, timeoutMs: config.amqp.confirmTimeoutMs }),
        })
      },
    }),
  )
  return Object.assign(opened.move(), { url: server.url })
}
