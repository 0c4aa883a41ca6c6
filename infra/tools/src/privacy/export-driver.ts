import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { readDriverData, readSubject } from '@waybill/database'
import type { DriverFiles } from './driver-files.ts'
import type { DriverMemory } from './driver-memory.ts'
import { noSuchDriver } from './erase-driver.ts'
import { inTransaction } from './in-transaction.ts'

type Deps = { databaseUrl: string; memory: DriverMemory; files: DriverFiles; by: string }

/** Everything that Waybill has of a driver, on record with who has asked. `filesDir`: copies the driver's files there, too. */
export function exportDriver(
  driverId: string,
  filesDir: string | undefined,
  { databaseUrl, memory, files, by }: Deps,
): Promise<object> {
  return inTransaction(databaseUrl, async (client) => {
    // One look: no table is newer than another.
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ')
    const subject = await readSubject(client, driverId)
    if (!subject) throw noSuchDriver(driverId)
    const tables = await readDriverData(client, subject)
    await client.query(
      `INSERT INTO audit (action, driver_id, detail) VALUES ('driver.exported', $1, jsonb_build_object('by', $2::text))`,
      [driverId, by],
    )
    const listed = []
    for (const { key } of subject.files) {
      const bytes = await files.read(key)
      const copy = filesDir === undefined || !bytes ? undefined : await keep(filesDir, key, bytes)
      listed.push({ key, sizeBytes: bytes?.byteLength ?? null, copy })
    }
    return {
      driverId,
      exportedAt: new Date().toISOString(),
      tables,
      memory: await memory.read(subject),
      files: listed,
      elsewhere: ELSEWHERE,
    }
  })
}

/** What this system can neither show nor erase. */
export const ELSEWHERE = [
  'the archive of the audit and backups, until they expire (docs/retention.md)',
  'WhatsApp: the messages on the phone and at Meta',
  'the order system: confirmed orders, decisions, reports and proofs that were passed on to it',
  'what dispatchers were told by webhook and e-mail',
  'OpenRouter and the providers of models, as their settings for keeping data say',
]

async function keep(dir: string, key: string, bytes: Uint8Array): Promise<string> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const path = join(dir, basename(key))
  await writeFile(path, bytes, { mode: 0o600 })
  return path
}
