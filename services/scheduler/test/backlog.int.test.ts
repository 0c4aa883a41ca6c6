import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { freshDatabase } from '@waybill/test-kit'
import pg from 'pg'
import { Registry } from 'prom-client'
import { exposeBacklog } from '../src/backlog-metrics.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let pool: pg.Pool
let registry: Registry
beforeAll(async () => {
  database = await freshDatabase()
  pool = new pg.Pool({ connectionString: database.url })
  await pool.query(`INSERT INTO conversations (id, phone_number_id) VALUES ('c', '42')`)
})
afterAll(async () => {
  await pool.end()
  await database[Symbol.asyncDispose]()
})
beforeEach(() => {
  registry = new Registry()
  exposeBacklog({ pool, registry, onError() {} })
})

async function gauges() {
  const lines = (await registry.metrics()).split('\n')
  return lines.filter((line) => line !== '' && !line.startsWith('#'))
}

describe('the backlog', () => {
  it('is zero, not absent, when nothing waits', async () => {
    const zeros = ['messages', 'replies', 'broadcasts', 'order-commands', 'notices', 'check-ins'].flatMap(
      (work) => [`waybill_backlog_oldest_seconds{work="${work}"} 0`, `waybill_backlog{work="${work}"} 0`],
    )
    const lanes = ['inbound', 'outbound', 'order-commands'].flatMap((lane) =>
      ['waiting', 'backing-off', 'leased'].map((state) => `waybill_lanes{lane="${lane}",state="${state}"} 0`),
    )
    const drivers = ['active', 'inactive', 'suspended'].map(
      (status) => `waybill_drivers{status="${status}"} 0`,
    )
    expect((await gauges()).toSorted()).toEqual(
      [...zeros, ...lanes, ...drivers, 'waybill_conversations_active 0'].toSorted(),
    )
  })

  it('counts what waits, and not what is done or held (users: counted)', async () => {
    await pool.query(`
      INSERT INTO inbound (wamid, conversation_id, kind, body, sent_at, received_us, position, status, recorded_at)
      VALUES ('w1', 'c', 'text', '{}', now(), 1, 0, 'waiting', now() - interval '90 s'),
             ('w2', 'c', 'text', '{}', now(), 2, 0, 'waiting', now()),
             ('w3', 'c', 'text', '{}', now(), 3, 0, 'answered', now() - interval '1 hour')`)
    await pool.query(`
      INSERT INTO outbound (conversation_id, part, message, priority, state)
      VALUES ('c', 1, '{}', 'reply', 'unknown'), ('c', 2, '{}', 'broadcast', 'pending'), ('c', 3, '{}', 'reply', 'read')`)
    await pool.query(`
      INSERT INTO order_commands (id, driver_id, conversation_id, turn_id, kind, payload, not_before)
      VALUES (gen_random_uuid(), 'd', 'c', gen_random_uuid(), 'accept-route', '{}', NULL),
             (gen_random_uuid(), 'd', 'c', gen_random_uuid(), 'decline-route', '{}', now() + interval '1 minute')`)
    await pool.query(`
      INSERT INTO lanes (kind, key, lease_until, not_before)
      VALUES ('inbound', 'c', now() + interval '10 s', NULL), ('outbound', 'c', NULL, now() + interval '10 s'),
             ('order-commands', 'd', NULL, NULL), ('inbound', 'idle', NULL, NULL)`)
    await pool.query(`
      INSERT INTO drivers (id, name, time_zone, status)
      VALUES ('d', 'D', 'UTC', 'active'), ('e', 'E', 'UTC', 'suspended')`)
    await pool.query(`UPDATE conversations SET last_message_at = now() - interval '23 h'`)
    const found = await gauges()
    expect(found).toEqual(
      expect.arrayContaining([
        'waybill_backlog{work="messages"} 2',
        'waybill_backlog{work="replies"} 1',
        'waybill_backlog{work="broadcasts"} 1',
        'waybill_backlog{work="order-commands"} 1',
        'waybill_backlog{work="notices"} 0',
        'waybill_lanes{lane="inbound",state="leased"} 1',
        'waybill_lanes{lane="inbound",state="waiting"} 0',
        'waybill_lanes{lane="outbound",state="backing-off"} 1',
        'waybill_lanes{lane="order-commands",state="waiting"} 1',
        'waybill_drivers{status="suspended"} 1',
        'waybill_conversations_active 1',
      ]),
    )
    const oldest = found.find((line) => line.startsWith('waybill_backlog_oldest_seconds{work="messages"}'))
    expect(Number(oldest?.split(' ').at(-1))).toBeGreaterThanOrEqual(90)
  })

  it('is absent, not zero, when PostgreSQL is out of reach', async () => {
    const away = new pg.Pool({ connectionString: 'postgres://app@127.0.0.1:1/none' })
    const other = new Registry()
    exposeBacklog({ pool: away, registry: other, onError() {} })
    expect(await other.metrics()).not.toMatch(/^waybill_/m)
    await away.end()
  })
})
