import { contractsOf, dispatchNoticeRaised } from '@waybill/contracts'
import { createPool } from '@waybill/database'
import { connectMessaging } from '@waybill/messaging'
import { createLogger, createRegistry, logName, startOpsServer } from '@waybill/service-kit'
import { startTracing } from '@waybill/tracing'
import { registerAdmin } from './admin/register-admin.ts'
import type { Channel } from './channel.ts'
import type { Config } from './config.ts'
import { collectDeadLetters } from './dead-letters/collect-dead-letters.ts'
import { exposeDeadLetters } from './dead-letters/expose-dead-letters.ts'
import { createMetrics } from './metrics.ts'
import { postWebhook } from './post-webhook.ts'
import { sendEmail } from './send-email.ts'
import { tellDispatch } from './tell-dispatch.ts'

const NOTICES_IN_FLIGHT = 10

export async function startService(config: Config): Promise<AsyncDisposable> {
  await using opened = new AsyncDisposableStack()
  const identity = { service: 'dispatch', instance: config.instance }
  const log = createLogger({ ...identity, ...config.log })
  const nameOf = (id: string) => logName(config.log.hashKey, id)
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
  const { timeoutMs, attemptsMax } = config
  const channels: Channel[] = [opened.use(postWebhook({ ...config.webhook, timeoutMs, registry, log }))]
  if (config.email) channels.push(opened.use(sendEmail({ ...config.email, timeoutMs, registry, log })))
  const messaging = opened.use(
    await connectMessaging({
      url: config.amqp.url,
      name: config.instance,
      log,
      registry,
      contracts: contractsOf('dispatch'),
    }),
  )
  const onError = (error: unknown) => log.warn({ err: error }, 'the dead letters could not be counted')
  exposeDeadLetters({ pool, registry, onError })
  const server = await startOpsServer({
    ...config.http,
    registry,
    isReady: () => messaging.isReady(),
    register: (app) => registerAdmin(app, { ...config.admin, registry, pool, messaging, log, nameOf }),
  })
  opened.use(server)

  const tell = tellDispatch({
    pool,
    messaging,
    channels,
    metrics: createMetrics(registry),
    log,
    attemptsMax,
    leaseMs: timeoutMs * 3,
    random: Math.random,
  })
  await messaging.consume(dispatchNoticeRaised, { concurrency: NOTICES_IN_FLIGHT }, tell)
  await collectDeadLetters({ pool, messaging })
  // What is being told needs its channels: they are closed after this.
  opened.defer(() => messaging.stopConsuming())
  return opened.move()
}
