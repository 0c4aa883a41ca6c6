import { auditFilesRemoved, type Pool, type RetentionPolicy, retain } from '@waybill/database'
import { Counter, Gauge, type Registry } from 'prom-client'
import { removeOldFiles } from './remove-old-files.ts'

type Deps = { pool: Pool; registry: Registry; policy: RetentionPolicy; media: MediaPolicy }
/** `dir`: none where a store removes its files itself. */
export type MediaPolicy = { dir: string | undefined; days: number }

const DAY_MS = 86_400_000

/** Moves what is old to the archive, drops what is old of that, removes old files, and counts all three. */
export function forgetOld({ pool, registry, policy, media }: Deps): (signal: AbortSignal) => Promise<void> {
  const registers = [registry]
  const moved = new Counter({
    name: 'waybill_retention_rows_total',
    help: 'Rows that were over and older than the hot period, and left their table for the archive',
    labelNames: ['table'],
    registers,
  })
  const dropped = new Counter({
    name: 'waybill_retention_months_dropped_total',
    help: 'Months of the archive that were older than the archive period',
    registers,
  })
  const files = new Counter({
    name: 'waybill_retention_files_total',
    help: 'Files of drivers that were older than they are to be kept, and were removed from the folder',
    registers,
  })
  const lastRun = new Gauge({
    name: 'waybill_retention_run_seconds',
    help: 'How long the last run took that came to its end',
    registers,
  })
  const lastRunAt = new Gauge({
    name: 'waybill_retention_last_run_timestamp_seconds',
    help: 'When the last run came to its end; before the first one, when the process started',
    registers,
  })
  lastRunAt.setToCurrentTime()
  return async (signal) => {
    const stopTimer = lastRun.startTimer()
    const run = await retain(pool, policy, signal)
    for (const [table, rows] of Object.entries(run.moved)) moved.inc({ table }, rows)
    dropped.inc(run.dropped.length)
    const removed = media.dir ? await removeOldFiles(media.dir, Date.now() - media.days * DAY_MS, signal) : 0
    files.inc(removed)
    if (removed > 0) await auditFilesRemoved(pool, removed)
    stopTimer()
    lastRunAt.setToCurrentTime()
  }
}
