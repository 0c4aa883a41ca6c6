import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { QueueContract } from '@waybill/contracts'
import { freshDatabase } from '@waybill/test-kit'
import pg from 'pg'
import { z } from 'zod'
import { sweepLanes } from '../src/sweep-lanes.ts'

const hintSchema = z.object({ conversationId: z.string().optional(), driverId: z.string().optional() })

let database: Awaited<ReturnType<typeof freshDatabase>>
let pool: pg.Pool

beforeAll(async () => {
  database = await freshDatabase()
  pool = new pg.Pool({ connectionString: database.url })
})
afterAll(async () => {
  await pool.end()
  await database[Symbol.asyncDispose]()
})

/** One conversation with something in each of its lanes. */
async function workOf(key: string, priority: 'reply' | 'broadcast' = 'reply') {
  await pool.query(`INSERT INTO conversations (id, phone_number_id) VALUES ($1, '42')`, [key])
  await pool.query(
    `INSERT INTO inbound (wamid, conversation_id, kind, body, sent_at, received_us, position)
     VALUES ($1, $1, 'text', '{}', now(), 1, 0)`,
    [key],
  )
  await pool.query(
    `INSERT INTO outbound (conversation_id, part, message, priority) VALUES ($1, 1, '{}', $2)`,
    [key, priority],
  )
  await pool.query(
    `INSERT INTO order_commands (id, driver_id, conversation_id, turn_id, kind, payload)
     VALUES (gen_random_uuid(), $1, $1, gen_random_uuid(), 'confirm-order', '{}')`,
    [key],
  )
  await pool.query(
    `INSERT INTO lanes (kind, key) VALUES ('inbound', $1), ('outbound', $1), ('order-commands', $1)`,
    [key],
  )
}

async function hintsFor(key: string, graceMs = 0): Promise<string[]> {
  const hints: { queue: string; key: string }[] = []
  const sweep = sweepLanes({
    pool,
    graceMs,
    messaging: {
      async publish(contract: QueueContract, payload: unknown) {
        const { conversationId, driverId } = hintSchema.parse(payload)
        hints.push({ queue: contract.queue, key: conversationId ?? driverId ?? '' })
      },
    },
  })
  await sweep()
  return hints.flatMap((hint) => (hint.key === key ? [hint.queue] : [])).toSorted()
}

const ALL = ['assistant.conversation-ready', 'assistant.order-commands-ready', 'sender.outbound-ready']

describe('a sweep', () => {
  it('hints again at all work that nobody is on', async () => {
    await workOf('idle')
    expect(await hintsFor('idle')).toEqual(ALL)
  })

  it('sends broadcasts on behind replies', async () => {
    await workOf('broadcast', 'broadcast')
    expect(await hintsFor('broadcast')).toContain('sender.broadcast-ready')
  })

  it.each([
    ['somebody is on', `lease_until = now() + interval '1 minute'`],
    ['backs off', `not_before = now() + interval '1 minute'`],
  ])('leaves alone what %s', async (name, state) => {
    await workOf(name)
    await pool.query(`UPDATE lanes SET ${state} WHERE key = $1`, [name])
    expect(await hintsFor(name)).toEqual([])
  })

  it('gives a hint that is on its way the time to arrive', async () => {
    await workOf('new')
    expect(await hintsFor('new', 60_000)).toEqual([])
  })
})
