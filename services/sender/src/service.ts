import { broadcastReady, contractsOf, outboundReady, turnStarted } from '@waybill/contracts'
import { createPool } from '@waybill/database'
import { connectMessaging } from '@waybill/messaging'
import { createLogger, createRegistry, startOpsServer } from '@waybill/service-kit'
import { startTracing } from '@waybill/tracing'
import { createCloudApi } from '@waybill/whatsapp'
import { attemptSend } from './attempt-send.ts'
import type { Config } from './config.ts'
import { createMetrics } from './metrics.ts'
import { sendLane } from './send-lane.ts'
import { showPresence } from './show-presence.ts'
import { syncTemplates } from './sync-templates.ts'

// A sender waits on WhatsApp, not on the CPU. Broadcasts and presence may never take the place of replies.
const REPLIES_IN_FLIGHT = 100
const BROADCASTS_IN_FLIGHT = 40
const PRESENCE_IN_FLIGHT = 20
// What became of a message is kept in hand for so long and not forgotten; a stop waits for it.
const DATABASE_WAITS_MS = [250, 500, 1_000, 2_000, 4_000, 4_000]

export async function startService(config: Config): Promise<AsyncDisposable> {
  await using opened = new AsyncDisposableStack()
  const identity = { service: 'sender', instance: config.instance }
  const log = createLogger({ ...identity, ...config.log })
  opened.use(await startTracing({ ...identity, ...config.tracing, log }))
  const registry = createRegistry(identity)
  const metrics = createMetrics(registry)

  const pool = opened.adopt(
    createPool({
      url: config.database.url,
      name: config.instance,
      connectionsMax: 10,
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
      contracts: contractsOf('sender'),
    }),
  )
  opened.use(await startOpsServer({ ...config.http, registry, isReady: () => messaging.isReady() }))

  opened.use(syncTemplates({ pool, account: config.whatsapp, log }))
  const cloudApi = createCloudApi(config.whatsapp)
  const presence = opened.use(showPresence({ cloudApi, registry, log, metrics }))
  const attempt = opened.use(attemptSend({ cloudApi, registry, log, metrics }))
  const work = sendLane({
    ...{ pool, attempt, presence, metrics, log },
    owner: config.instance,
    pacing: config.pacing,
    databaseWaitsMs: DATABASE_WAITS_MS,
  })

  await messaging.consume(outboundReady, { concurrency: REPLIES_IN_FLIGHT }, work)
  await messaging.consume(broadcastReady, { concurrency: BROADCASTS_IN_FLIGHT }, work)
  await messaging.consume(turnStarted, { concurrency: PRESENCE_IN_FLIGHT }, ({ payload }) =>
    presence.markRead({ wamid: payload.wamid, showTyping: true }),
  )
  // Sends in hand need the breakers: they are closed after this.
  opened.defer(() => messaging.stopConsuming())
  return opened.move()
}
