import { conversationReady } from '@waybill/contracts'
import { recordWebhooks } from '@waybill/database'
import type { BenchStack } from './bench-stack.ts'
import { wamidOf } from './webhooks.ts'

const BATCH = 500

/**
 * A message of every driver, recorded and hinted at as intake does it. What waits for a turn is there before anybody
 * works on it, so that nobody waits for whoever brings it.
 */
export async function letDriversWait(
  { pool, broker, drivers, number }: BenchStack,
  { prefix, text }: { prefix: string; text: (index: number) => string },
): Promise<void> {
  for (let start = 0; start < drivers.length; start += BATCH) {
    const messages = drivers.slice(start, start + BATCH).map(({ phone }, index) => {
      const wamid = wamidOf(prefix, start + index)
      const body = { from: phone, id: wamid, type: 'text', text: { body: text(start + index) } }
      return {
        ...{ wamid, phone_number_id: number.phoneNumberId, phone, wa_id: phone, user_id: undefined },
        ...{ kind: 'text', body, sent_at: new Date().toISOString() },
        ...{ received_us: Date.now() * 1_000 + index, position: 0 },
      }
    })
    await recordWebhooks(pool, { messages, receipts: [], events: [] })
  }
  // As autovacuum does within a minute: plans that were made for empty tables know nothing of full ones.
  await pool.query('ANALYZE')
  const conversationIds = drivers.map(({ phone }) => `${number.phoneNumberId}:${phone}`)
  await broker.fill(
    conversationReady,
    conversationIds.map((conversationId) => ({ body: JSON.stringify({ conversationId }) })),
  )
}

/** None waits any more: every one has its turn. */
export async function isNobodyWaiting({ pool }: BenchStack): Promise<boolean> {
  return !(await pool.query(`SELECT FROM inbound WHERE status = 'waiting' LIMIT 1`)).rowCount
}
