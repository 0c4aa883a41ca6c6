import { contractsOf, webhookReceived } from '@waybill/contracts'
import { createPool } from '@waybill/database'
import { connectMessaging } from '@waybill/messaging'
import { createLogger, createRegistry, startOpsServer } from '@waybill/service-kit'
import { startTracing } from '@waybill/tracing'
import type { Config } from './config.ts'
import { createMetrics } from './metrics.ts'
import { recordBatch } from './record-batch.ts'

// A frozen intake is cut off after two heartbeats, and the standby takes over.
const HEARTBEAT_SECONDS = 5
const BATCH_WAIT_MS = 2

export async function startService(config: Config): Promise<AsyncDisposable> {
  await using opened = new AsyncDisposableStack()
  const identity = { service: 'intake', instance: config.instance }
  const log = createLogger({ ...identity, ...config.log })
  opened.use(await startTracing({ ...identity, ...config.tracing, log }))
  const registry = createRegistry(identity)

  const pool = opened.adopt(
    createPool({
      url: config.database.url,
      name: config.instance,
      connectionsMax: 4,
      registry,
      log,
    }),
    (it) => it.end(),
  )
  const messaging = opened.use(
    await connectMessaging({
      url: config.amqp.url,
      name: config.instance,
      log,
      registry,
      contracts: contractsOf('intake'),
      heartbeatSeconds: HEARTBEAT_SECONDS,
    }),
  )
  opened.use(await startOpsServer({ ...config.http, registry, isReady: () => messaging.isReady() }))

  await messaging.consumeBatch(
    webhookReceived,
    { batchMax: config.batch.webhooksMax, waitMs: BATCH_WAIT_MS },
    recordBatch({
      pool,
      messaging,
      log,
      metrics: createMetrics(registry),
      phoneNumberId: config.whatsapp.phoneNumberId,
      hotDays: config.retention.hotDays,
    }),
  )
  return opened.move()
}
