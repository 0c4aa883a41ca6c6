import type { Pool } from '@waybill/database'
import { eventually } from '@waybill/test-kit'
import { zoneWhereItIs } from '../../check-in-stack.ts'
import { benchStack } from '../bench-stack.ts'
import type { Measure } from '../measure.ts'

const DRIVERS = 5_000
/** What WhatsApp lets a number send. */
const MESSAGES_PER_SECOND = 80
const RATIO_MIN = 0.95

/** Nine in the morning, where everybody is: they are asked as fast as WhatsApp allows. */
export const checkInBurst: Measure = {
  id: 'B7',
  title: 'check-ins that are due at once',
  async run({ share }) {
    const count = Math.ceil(DRIVERS * share)
    await using system = await benchStack({
      drivers: count,
      scale: { intake: 1, assistant: 2, guardrails: 1, sender: 2, scheduler: 1 },
    })
    const { pool, sandbox } = system
    await pool.query(
      `UPDATE drivers SET time_zone = $1, check_in_at = '09:00', created_at = '2025-01-01' WHERE id LIKE 'driver-bench-%'`,
      [zoneWhereItIs(9)],
    )
    const isDone = async () => (await sentOf(pool)).sent >= count
    await eventually(isDone, { what: 'everybody to be asked', timeoutMs: 300_000 })
    const { perSecond } = await sentOf(pool)
    return [
      {
        ...{ id: 'B7', measure: `check-ins sent, ${count} due at once`, value: perSecond, unit: '/s' },
        ceiling: { what: 'what WhatsApp lets a number send', value: MESSAGES_PER_SECOND },
        ratio: perSecond / MESSAGES_PER_SECOND,
        ...{ target: `≥ ${RATIO_MIN}`, met: perSecond / MESSAGES_PER_SECOND >= RATIO_MIN },
        notes: [
          `refused by WhatsApp for being too many: ${await sandbox.refusals(130_429)}; the sender keeps to 0.95 of the limit on purpose, with a burst of four on top`,
        ],
      },
    ]
  },
}

async function sentOf(pool: Pool): Promise<{ sent: number; perSecond: number }> {
  const { rows } = await pool.query<{ sent: number; perSecond: number }>(
    `SELECT count(accepted_at)::int AS sent,
       (count(accepted_at) / extract(epoch FROM max(accepted_at) - min(accepted_at)))::float AS "perSecond"
     FROM outbound WHERE priority = 'broadcast'`,
  )
  return rows[0] ?? { sent: 0, perSecond: 0 }
}
