import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { conversationReady, type QueueContract } from '@waybill/contracts'
import type { RawDelivery } from '@waybill/messaging'
import { freshDatabase } from '@waybill/test-kit'
import pg from 'pg'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { createMetrics } from '../src/metrics.ts'
import { recordBatch } from '../src/record-batch.ts'

const NOW = String(Math.floor(Date.now() / 1_000))

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

function setup() {
  const hints: unknown[] = []
  const dead: { reason: string; body: string }[] = []
  const queries: unknown[] = []
  const registry = new Registry()
  const counting = Object.assign(Object.create(pool), {
    query(...args: Parameters<pg.Pool['query']>) {
      queries.push(args[0])
      return pool.query(...args)
    },
  })
  const record = recordBatch({
    pool: counting,
    log: pino({ level: 'silent' }),
    metrics: createMetrics(registry),
    phoneNumberId: '42',
    hotDays: 30,
    messaging: {
      async publish(contract: QueueContract, payload: unknown) {
        if (contract === conversationReady) hints.push(payload)
      },
      async deadLetter(_contract, body, reason) {
        dead.push({ reason, body: Buffer.from(body).toString() })
      },
    },
  })
  return { record, hints, dead, queries, registry }
}

const webhook = (messages: readonly object[], receivedAtUs = 1) => webhookOf({ messages }, receivedAtUs)

function webhookOf(content: object, receivedAtUs = 1): RawDelivery {
  const value = { metadata: { phone_number_id: '42' }, ...content }
  return {
    body: Buffer.from(
      JSON.stringify({
        object: 'whatsapp_business_account',
        entry: [{ changes: [{ field: 'messages', value }] }],
      }),
    ),
    headers: { receivedAtUs, ingressId: 'ingress-1' },
    isRedelivered: false,
    messageId: undefined,
    correlationId: undefined,
    traceparent: undefined,
  }
}

const text = (id: string, from: string, override: object = {}) => ({
  id,
  from,
  timestamp: NOW,
  type: 'text',
  text: { body: 'hi' },
  ...override,
})

async function recorded(prefix: string): Promise<string[]> {
  const { rows } = await pool.query<{ wamid: string }>(
    'SELECT wamid FROM inbound WHERE starts_with(wamid, $1) ORDER BY 1',
    [prefix],
  )
  return rows.map(({ wamid }) => wamid)
}

describe('a batch of webhooks', () => {
  it('P10: loses none of its messages to one that PostgreSQL refuses', async () => {
    const { record, hints, dead } = setup()
    // Longer than an index entry may be, and too random to be compressed.
    const poison = text('a.poison', '1000', { from_user_id: `US.${randomBytes(8_000).toString('hex')}` })
    const messages = Array.from({ length: 9 }, (_, n) => text(`a.${n}`, '1001'))
    await record([webhook([...messages.slice(0, 4), poison, ...messages.slice(4)])])
    expect(await recorded('a.')).toEqual(
      messages.map(({ id }) => id).concat(dead.length === 0 ? ['a.poison'] : []),
    )
    expect(hints).toContainEqual({ conversationId: '42:1001' })
  })

  it('counts receipts by a few statuses, whatever WhatsApp thinks of', async () => {
    const { record, registry } = setup()
    const receipts = ['delivered', 'delivered', 'failed', 'teleported'].map((status, n) => ({
      ...{ id: `r.${n}`, status, timestamp: NOW, recipient_id: '1001' },
    }))
    await record([webhookOf({ statuses: receipts })])
    const metrics = await registry.metrics()
    for (const [status, count] of Object.entries({ delivered: 2, failed: 1, other: 1 }))
      expect(metrics).toContain(`waybill_receipts_total{status="${status}"} ${count}`)
  })

  it('takes one round trip, however many webhooks it holds', async () => {
    const { record, queries } = setup()
    await record(Array.from({ length: 50 }, (_, n) => webhook([text(`e.${n}`, `5${n}`)], n)))
    expect([queries.length, (await recorded('e.')).length]).toEqual([1, 50])
  })

  it('of a thousand updates is recorded whole, though all say the same (users: same-words)', async () => {
    const { record } = setup()
    await record([
      webhook(Array.from({ length: 1_000 }, (_, n) => text(`b.${String(n).padStart(4, '0')}`, `2${n % 50}`))),
    ])
    expect(await recorded('b.')).toHaveLength(1_000)
  })

  it('of receipts wakes no conversation (users: receipts-apart)', async () => {
    const { record, hints } = setup()
    const statuses = ['sent', 'delivered', 'read', 'failed'].map((status) => ({
      ...{ id: 'wamid.receipt', recipient_id: '6001', timestamp: NOW, status },
    }))
    const value = { metadata: { phone_number_id: '42' }, statuses }
    const body = { object: 'whatsapp_business_account', entry: [{ changes: [{ field: 'messages', value }] }] }
    await record([{ ...webhook([]), body: Buffer.from(JSON.stringify(body)) }])
    expect(hints).toEqual([])
    await record([webhook([text('r.1', '6001')])])
    expect(hints).toEqual([{ conversationId: '42:6001' }])
  })

  it('is set aside with the reasons of its malformed elements, once, and its others are recorded', async () => {
    const { record, dead } = setup()
    const delivered = webhook([text('c.1', '3001'), { id: 7 }, text('c.2', '3001'), { id: 8 }])
    await record([delivered])
    expect(await recorded('c.')).toEqual(['c.1', 'c.2'])
    expect(dead).toEqual([
      { reason: expect.stringMatching(/^message: id [^;]+$/), body: delivered.body.toString() },
    ])
  })

  it('is set aside once when PostgreSQL refuses many of its elements, and others are malformed', async () => {
    const { record, dead } = setup()
    const refused = (id: string) =>
      text(id, '1002', { from_user_id: `US.${randomBytes(8_000).toString('hex')}` })
    const delivered = webhook([refused('f.1'), { id: 7 }, refused('f.2'), text('f.3', '1003')])
    await record([delivered])
    expect(await recorded('f.')).toEqual(['f.3'])
    expect(dead).toEqual([
      {
        reason: expect.stringMatching(/^message: id [^;]+; refused by the database: /),
        body: delivered.body.toString(),
      },
    ])
  })

  it('is not set aside again and again while it is held because PostgreSQL is away', async () => {
    const dead: unknown[] = []
    const away = recordBatch({
      pool: Object.assign(Object.create(pool), { query: () => Promise.reject(new Error('ECONNREFUSED')) }),
      log: pino({ level: 'silent' }),
      metrics: createMetrics(new Registry()),
      phoneNumberId: '42',
      hotDays: 30,
      messaging: { publish: async () => {}, deadLetter: async (...letter) => void dead.push(letter) },
    })
    await expect(away([webhook([{ id: 7 }])])).rejects.toThrow('ECONNREFUSED')
    expect(dead).toEqual([])
  })

  it('P1, P2: killed between its commit and its hint, wakes the conversation when it is delivered again', async () => {
    const first = setup()
    const killed = recordBatch({
      pool,
      log: pino({ level: 'silent' }),
      metrics: createMetrics(new Registry()),
      phoneNumberId: '42',
      hotDays: 30,
      messaging: {
        publish: async () => {
          throw new Error('killed')
        },
        deadLetter: async () => {},
      },
    })
    await expect(killed([webhook([text('d.1', '4001')])])).rejects.toThrow('killed')
    await first.record([webhook([text('d.1', '4001')])])
    expect([await recorded('d.'), first.hints]).toEqual([['d.1'], [{ conversationId: '42:4001' }]])
  })
})

it('S4: a signed webhook that is replayed after its row has left for the archive has no effect, and is on record', async () => {
  const { record, hints, dead, registry } = setup()
  const daysAgo = (days: number) => String(Math.floor(Date.now() / 1_000) - days * 86_400)
  const receipt = { id: 'r.old', status: 'read', timestamp: daysAgo(31), recipient_id: '7001' }
  await record([
    webhookOf({
      messages: [
        text('old.1', '7001', { timestamp: daysAgo(31) }),
        text('old.2', '7002', { timestamp: daysAgo(29) }),
      ],
      statuses: [receipt],
    }),
  ])
  const { rows } = await pool.query("SELECT wamid FROM inbound WHERE wamid LIKE 'old.%'")
  expect(rows).toEqual([{ wamid: 'old.2' }])
  expect((await pool.query("SELECT FROM receipts WHERE wamid = 'r.old'")).rowCount).toBe(0)
  expect((await pool.query("SELECT FROM conversations WHERE id = '42:7001'")).rowCount).toBe(0)
  expect([hints, dead]).toEqual([[{ conversationId: '42:7002' }], []])
  expect((await pool.query("SELECT detail FROM audit WHERE action = 'webhook.too-old'")).rows).toEqual([
    { detail: { elements: 2, oldest: expect.any(String) } },
  ])
  expect(await registry.getSingleMetricAsString('waybill_intake_elements_total')).toContain(
    'waybill_intake_elements_total{kind="old"} 2',
  )
})
