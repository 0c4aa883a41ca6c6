import { webhookReceived } from '@waybill/contracts'
import { connectMessaging } from '@waybill/messaging'
import { createLogger, createRegistry, startOpsServer } from '@waybill/service-kit'
import { answerHandshake } from './answer-handshake.ts'
import type { Config } from './config.ts'
import { createMetrics } from './metrics.ts'
import { BODY_BYTES_MAX, receiveWebhook } from './receive-webhook.ts'

// A client that dribbles its request is cut off. NGINX keeps its connections for less long than this.
const REQUEST_MS_MAX = 10_000
const KEEP_ALIVE_MS = 75_000

export async function startService(config: Config): Promise<AsyncDisposable> {
  await using opened = new AsyncDisposableStack()
  const identity = { service: 'ingress', instance: config.instance }
  const log = createLogger({ ...identity, level: config.log.level })
  const registry = createRegistry(identity)
  const metrics = createMetrics(registry)

  const messaging = opened.use(
    await connectMessaging({
      url: config.amqp.url,
      name: config.instance,
      log,
      registry,
      contracts: [webhookReceived],
    }),
  )
  opened.use(
    await startOpsServer({
      ...config.http,
      registry,
      isReady: () => messaging.isReady(),
      server: { bodyLimit: BODY_BYTES_MAX, requestTimeout: REQUEST_MS_MAX, keepAliveTimeout: KEEP_ALIVE_MS },
      register(app) {
        answerHandshake(app, { verifyToken: config.whatsapp.verifyToken, metrics })
        receiveWebhook(app, {
          appSecrets: config.whatsapp.appSecrets,
          ingressId: config.instance,
          metrics,
          log,
          publish: (body, headers, properties) =>
            messaging.publish(webhookReceived, body, {
              ...properties,
              headers,
              timeoutMs: config.amqp.confirmTimeoutMs,
            }),
        })
      },
    }),
  )
  return opened.move()
}
