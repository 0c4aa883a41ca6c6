import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { freshDatabase } from '@waybill/test-kit'
import pg from 'pg'
import { authenticate, readSession } from '../src/authenticate.ts'
import { claimTurn, commitTurn } from '../src/inbound-lane.ts'
import { recordWebhooks } from '../src/record-webhooks.ts'
import { urlAs } from '../src/roles.ts'

const LEASE = { owner: 'assistant-1', ttlMs: 15_000, attemptsMax: 5, steal: false }
const PEOPLE = [
  { driver: 'ana', phone: '15550000001', conversation: '1:15550000001' },
  { driver: 'ben', phone: '15550000002', conversation: '1:15550000002' },
] as const
const [ANA, BEN] = PEOPLE
/** What the assistant reads of a driver, each with how a row says whose it is. */
const WALLED = {
  inbound: 'conversation_id',
  turns: 'conversation_id',
  outbound: 'conversation_id',
  takeovers: 'conversation_id',
  guardrail_events: 'conversation_id',
  dispatch_notices: 'driver_id',
  order_commands: 'driver_id',
  check_ins: 'driver_id',
  order_events: 'driver_id',
  proofs: 'driver_id',
  proof_parts: '(SELECT driver_id FROM proofs WHERE id = proof_id)',
  drivers: 'id',
} as const

let database: Awaited<ReturnType<typeof freshDatabase>>
let owner: pg.Pool
/** One connection, so that every query is the next on the same. */
let assistant: pg.Pool

beforeAll(async () => {
  database = await freshDatabase()
  owner = new pg.Pool({ connectionString: database.url })
  assistant = new pg.Pool({ connectionString: urlAs('waybill_assistant', database.url), max: 1 })
  for (const { driver, phone, conversation } of PEOPLE) {
    await owner.query(`INSERT INTO drivers (id, name, time_zone) VALUES ($1, 'Somebody', 'UTC')`, [driver])
    await owner.query(`INSERT INTO identities (kind, value, driver_id) VALUES ('phone', $1, $2)`, [
      phone,
      driver,
    ])
    const message = {
      ...{
        wamid: `wamid.${driver}`,
        phone_number_id: '1',
        phone,
        wa_id: phone,
        user_id: undefined,
        kind: 'text',
      },
      ...{ body: {}, sent_at: new Date().toISOString(), received_us: 1, position: 0 },
    }
    await recordWebhooks(owner, { messages: [message], receipts: [], events: [] })
    const turn = randomUUID()
    const proof = randomUUID()
    for (const sql of [
      `INSERT INTO turns (id, conversation_id, driver_id, epoch, session) VALUES ('${turn}', '${conversation}', '${driver}', 1, '{"of": "${driver}"}')`,
      `INSERT INTO outbound (conversation_id, turn_id, part, message) VALUES ('${conversation}', '${turn}', 1, '{}')`,
      `INSERT INTO takeovers (conversation_id, taken_by, until) VALUES ('${conversation}', 'Eva', now())`,
      `INSERT INTO guardrail_events (conversation_id, driver_id, turn_id, direction, source, "check", severity, score, span_start, span_end, action, policy_version)
        VALUES ('${conversation}', '${driver}', '${turn}', 'input', 'driver', 'pii', 'log', 1, 0, 1, 'allow', 'x')`,
      `INSERT INTO dispatch_notices (id, kind, driver_id, conversation_id, text) VALUES ('${randomUUID()}', 'help', '${driver}', '${conversation}', 'x')`,
      `INSERT INTO order_commands (id, driver_id, conversation_id, turn_id, kind, payload) VALUES ('${randomUUID()}', '${driver}', '${conversation}', '${turn}', 'x', '{}')`,
      `INSERT INTO check_ins (driver_id, date, state, act_at) VALUES ('${driver}', current_date, 'asked', now())`,
      `INSERT INTO order_events (id, driver_id, event, act_at) VALUES ('event-${driver}', '${driver}', '{}', now())`,
      `INSERT INTO proofs (id, driver_id, conversation_id, order_date) VALUES ('${proof}', '${driver}', '${conversation}', current_date)`,
      `INSERT INTO proof_parts (wamid, proof_id, turn_id, kind, latitude, longitude, sent_at) VALUES ('wamid.p.${driver}', '${proof}', '${turn}', 'location', 1, 1, now())`,
      `UPDATE conversations SET last_turn_id = '${turn}' WHERE id = '${conversation}'`,
    ])
      await owner.query(sql)
  }
})
afterAll(async () => {
  await assistant.end()
  await owner.end()
  await database[Symbol.asyncDispose]()
})

/** As the assistant, within what it says that it is for: all in one transaction, undone. */
async function within<T>(
  conversation: string | null,
  driver: string | null,
  work: (client: pg.PoolClient) => Promise<T>,
) {
  const client = await assistant.connect()
  try {
    await client.query('BEGIN')
    await client.query('SELECT within($1, $2)', [conversation, driver])
    return await work(client)
  } finally {
    await client.query('ROLLBACK')
    client.release()
  }
}
const ofAna = [ANA.conversation, ANA.driver] as const

describe('S8: a query of the assistant that has lost its filter', () => {
  it.each(Object.entries(WALLED))('sees of %s only what is the driver’s', async (table, owned) => {
    const { rows: all } = await owner.query(`SELECT 1 FROM ${table}`)
    expect(all.length).toBeGreaterThanOrEqual(2)
    const seen = await within(
      ...ofAna,
      async (client) => (await client.query(`SELECT ${owned} AS whose FROM ${table}`)).rows,
    )
    expect(seen).toEqual([{ whose: owned === 'conversation_id' ? ANA.conversation : ANA.driver }])
  })

  it.each([
    'inbound',
    'order_commands',
    'drivers',
    'check_ins',
    'dispatch_notices',
    'proofs',
    'order_events',
  ])('changes of %s only what is the driver’s', async (table) => {
    const column = { inbound: 'attempts', order_commands: 'attempts', dispatch_notices: 'attempts' }[table]
    const change = column
      ? `${column} = ${column} + 1`
      : table === 'drivers'
        ? 'name = name'
        : 'driver_id = driver_id'
    const changed = await within(
      ...ofAna,
      async (client) => (await client.query(`UPDATE ${table} SET ${change}`)).rowCount,
    )
    expect(changed).toBe(1)
  })

  it('writes nothing for another driver', async () => {
    const forged = [
      [`INSERT INTO outbound (conversation_id, part, message) VALUES ($1, 9, '{}')`, BEN.conversation],
      [`INSERT INTO turns (id, conversation_id, epoch) VALUES (gen_random_uuid(), $1, 1)`, BEN.conversation],
      [
        `INSERT INTO order_commands (id, driver_id, turn_id, kind, payload) VALUES (gen_random_uuid(), $1, gen_random_uuid(), 'x', '{}')`,
        BEN.driver,
      ],
      [`UPDATE check_ins SET driver_id = $1`, BEN.driver],
    ] as const
    for (const [sql, whose] of forged) {
      const attempt = within(...ofAna, (client) => client.query(sql, [whose]))
      await expect(attempt).rejects.toThrow(/row-level security|violates unique/)
    }
  })

  it('sees nothing at all when it has not said whom it is for', async () => {
    for (const table of Object.keys(WALLED)) {
      const { rows } = await assistant.query(`SELECT 1 FROM ${table}`)
      expect([table, rows]).toEqual([table, []])
    }
  })
})

it('S8: what is said holds for one transaction, and not for the next on the same connection', async () => {
  expect(await readSession(assistant, ANA.conversation, await lastTurnOf(ANA.conversation))).toEqual({
    of: 'ana',
  })
  const { rows } = await assistant.query(`SELECT current_setting('app.conversation', true) AS conversation`)
  expect(rows[0]?.conversation || null).toBeNull()
  expect((await assistant.query('SELECT 1 FROM turns')).rows).toEqual([])
})

it('S8, S7: an id of another driver in the hands of the assistant opens nothing', async () => {
  expect(await readSession(assistant, ANA.conversation, await lastTurnOf(BEN.conversation))).toBeUndefined()
  const claimed = await within(...ofAna, async (client) => {
    const { rows } = await client.query('SELECT state, messages FROM claim_turn($1, $2, 1000, false, 5)', [
      BEN.conversation,
      'assistant-1',
    ])
    return rows[0]
  })
  expect(claimed).toMatchObject({ state: 'empty', messages: null })
})

it('S8: leaves the work for one driver as it is', async () => {
  const { epoch, work } = await claimTurn(assistant, ANA.conversation, LEASE)
  expect(work).toMatchObject({ state: 'run', messages: [{ wamid: 'wamid.ana' }] })
  expect(await authenticate(assistant, ANA.conversation)).toMatchObject({
    identity: 'known',
    driver: { id: 'ana' },
  })
  const turn = {
    ...{
      id: randomUUID(),
      driverId: 'ana',
      wamids: ['wamid.ana'],
      session: {},
      commands: [],
      audit: [],
      modelCalls: [],
    },
    replies: [{ message: { type: 'text', text: { body: 'hello' } } }],
  }
  expect(await commitTurn(assistant, ANA.conversation, { epoch, lease: LEASE, turn })).toEqual({
    state: 'released',
  })
})

async function lastTurnOf(conversation: string): Promise<string> {
  const { rows } = await owner.query<{ id: string }>(
    'SELECT last_turn_id AS id FROM conversations WHERE id = $1',
    [conversation],
  )
  return rows[0]?.id ?? ''
}
