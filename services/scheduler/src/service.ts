import { contractsOf } from '@waybill/contracts'
import { createPool, forgetDeadLetters, sealAudit } from '@waybill/database'
import { connectMessaging } from '@waybill/messaging'
import { createLogger, createRegistry, repeat, startOpsServer } from '@waybill/service-kit'
import { startTracing } from '@waybill/tracing'
import { Counter } from 'prom-client'
import { exposeBacklog } from './backlog-metrics.ts'
import type { Config } from './config.ts'
import { exposeUnsealed } from './expose-unsealed.ts'
import { forgetOld } from './forget-old.ts'
import { openCheckIns } from './open-check-ins.ts'
import { openOrderEvents } from './open-order-events.ts'
import { sweepLanes } from './sweep-lanes.ts'
import { sweepNotices } from './sweep-notices.ts'

const HOUR_MS = 3_600_000
/** After they were replayed or dropped. An open one stays. */
const DEAD_LETTERS_KEPT_MS = 30 * 24 * HOUR_MS

export async function startService(config: Config): Promise<AsyncDisposable> {
  await using opened = new AsyncDisposableStack()
  const identity = { service: 'scheduler', instance: config.instance }
  const log = createLogger({ ...identity, ...config.log })
  opened.use(await startTracing({ ...identity, ...config.tracing, log }))
  const registry = createRegistry(identity)

  const pool = opened.adopt(
    createPool({
      url: config.database.url,
      name: config.instance,
      connectionsMax: 2,
      registry,
      log,
    }),
    (it) => it.end(),
  )
  exposeBacklog({
    pool,
    registry,
    onError: (error) => log.warn({ err: error }, 'the backlog could not be read'),
  })
  exposeUnsealed({
    pool,
    registry,
    onError: (error) => log.warn({ err: error }, 'the audit could not be looked at'),
  })
  const messaging = opened.use(
    await connectMessaging({
      url: config.amqp.url,
      name: config.instance,
      log,
      registry,
      contracts: contractsOf('scheduler'),
    }),
  )
  opened.use(await startOpsServer({ ...config.http, registry, isReady: () => messaging.isReady() }))

  const swept = new Counter({
    name: 'waybill_lanes_swept_total',
    help: 'Lanes with work that nobody was on: back-offs that ended, and hints that were lost',
    labelNames: ['kind'],
    registers: [registry],
  })
  const noticesSwept = new Counter({
    name: 'waybill_notices_swept_total',
    help: 'Notices to dispatchers that nobody was on: held until now, back-offs that ended, and hints that were lost',
    registers: [registry],
  })
  const checkInsDue = new Counter({
    name: 'waybill_check_ins_due_total',
    help: 'Hints at check-ins with a step to be taken: to ask, to remind, to raise',
    registers: [registry],
  })
  const sweep = sweepLanes({ pool, messaging, graceMs: config.sweep.graceMs })
  const sweepForDispatch = sweepNotices({ pool, messaging, graceMs: config.sweep.graceMs })
  const openDue = openCheckIns({ pool, messaging })
  const openEvents = openOrderEvents({ pool, messaging })
  opened.use(
    repeat({
      intervalMs: config.sweep.intervalMs,
      onError: (error) => log.warn({ err: error }, 'a sweep failed'),
      async run() {
        for (const { kind } of await sweep()) swept.inc({ kind })
        noticesSwept.inc((await sweepForDispatch()).length)
      },
    }),
  )
  opened.use(
    repeat({
      intervalMs: config.checkIns.intervalMs,
      onError: (error) => log.warn({ err: error }, 'check-ins could not be opened'),
      async run() {
        checkInsDue.inc((await openDue()).length)
      },
    }),
  )
  opened.use(
    repeat({
      intervalMs: config.sweep.intervalMs,
      onError: (error) => log.warn({ err: error }, 'order events could not be opened'),
      run: openEvents,
    }),
  )
  opened.use(
    repeat({
      intervalMs: HOUR_MS,
      onError: (error) => log.warn({ err: error }, 'old dead letters could not be deleted'),
      run: () => forgetDeadLetters(pool, DEAD_LETTERS_KEPT_MS),
    }),
  )
  opened.use(
    repeat({
      intervalMs: config.retention.intervalMs,
      onError: (error) => log.warn({ err: error }, 'what is old could not leave'),
      run: forgetOld({ pool, registry, ...config.retention }),
    }),
  )
  opened.use(
    repeat({
      intervalMs: config.audit.sealIntervalMs,
      onError: (error) => log.warn({ err: error }, 'the audit could not be sealed'),
      run: () => sealAudit(pool),
    }),
  )
  return opened.move()
}
