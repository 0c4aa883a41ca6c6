import { logName } from '@waybill/service-kit'
import { inTransaction } from './in-transaction.ts'

/** A line for each conversation: what the logs call it, and whose it is by who wrote in it last; no number. */
export function logNames({
  databaseUrl,
  logHashKey,
}: {
  databaseUrl: string
  logHashKey: string | undefined
}): Promise<string[]> {
  if (!logHashKey) throw new Error('LOG_HASH_KEY is not set: without it each process has names of its own')
  return inTransaction(databaseUrl, async (client) => {
    const { rows } = await client.query<{ id: string; driverId: string | null }>(
      `SELECT c.id, t.driver_id AS "driverId" FROM conversations c LEFT JOIN turns t ON t.id = c.last_turn_id
       ORDER BY c.last_message_at DESC NULLS LAST`,
    )
    return rows.map(({ id, driverId }) => `${logName(logHashKey, id)}\t${driverId ?? '-'}`)
  })
}
