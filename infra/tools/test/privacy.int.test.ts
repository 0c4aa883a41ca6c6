import { createHash, createHmac, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { env } from 'node:process'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { QUEUES, webhookReceived } from '@waybill/contracts'
import {
  authenticate,
  claimTurn,
  commitTurn,
  PERSONAL_DATA,
  recordDeadLetters,
  recordWebhooks,
} from '@waybill/database'
import { connectMessaging } from '@waybill/messaging'
import { freshDatabase, freshRedis, freshVhost } from '@waybill/test-kit'
import { Redis } from 'ioredis'
import pg from 'pg'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import type { DriverRow } from '../src/driver-file.ts'
import { importDrivers } from '../src/import-drivers.ts'
import { openFiles } from '../src/privacy/driver-files.ts'
import { openMemory } from '../src/privacy/driver-memory.ts'
import { type Erased, eraseDriver } from '../src/privacy/erase-driver.ts'
import { exportDriver } from '../src/privacy/export-driver.ts'
import { privacyCommand } from '../src/privacy/privacy-command.ts'

type Person = {
  id: string
  name: string
  phone: string
  userId: string
  word: string
  wamid: string
  sent: string
}
const person = (id: string, name: string, phone: string, word: string): Person => ({
  ...{ id, name, phone, word, userId: `US.${word}`, wamid: `wamid.in.${word}`, sent: `wamid.out.${word}` },
})
const MARIA = person('driver-7', 'Maria Quintanilha', '5531987650102', 'parafuso')
const JOHAN = person('driver-77', 'Johan Ostrander', '12125550101', 'dragonfly')
const canaries = ({ id, ...rest }: Person) => [...Object.values(rest), `"${id}"`]

const LEASE = { owner: 'a', ttlMs: 15_000, attemptsMax: 5 }
const NUMBER = '100000000000001'
const conversationOf = ({ phone }: Person) => `${NUMBER}:${phone}`

let opened: AsyncDisposableStack
let pool: pg.Pool
let redis: Redis
let servers: {
  databaseUrl: string
  redisUrl: string
  amqpUrl: string
  files: { dir: string }
  logHashKey: string
}
let vhost: string
let messaging: Awaited<ReturnType<typeof connectMessaging>>

beforeEach(async () => {
  opened = new AsyncDisposableStack()
  const [database, memory, broker] = await Promise.all([freshDatabase(), freshRedis(), freshVhost()])
  for (const it of [database, memory, broker]) opened.use(it)
  const dir = opened.adopt(mkdtempSync(join(tmpdir(), 'waybill-files-')), (it) =>
    rmSync(it, { recursive: true }),
  )
  vhost = broker.name
  servers = {
    databaseUrl: database.url,
    redisUrl: memory.assistantUrl,
    amqpUrl: broker.url,
    files: { dir },
    logHashKey: 'key',
  }
  pool = opened.adopt(new pg.Pool({ connectionString: database.url }), (it) => it.end())
  redis = opened.adopt(new Redis(memory.url), async (it) => it.disconnect())
  messaging = opened.use(
    await connectMessaging({
      ...{ url: broker.url, name: 'test', log: pino({ level: 'silent' }), registry: new Registry() },
      contracts: QUEUES,
    }),
  )
  const row = { status: 'active', timeZone: 'UTC', checkInAt: '09:00', checkInUntil: '11:00' } as const
  await importDrivers(
    database.url,
    [MARIA, JOHAN].map(
      ({ id, name, phone, userId }): DriverRow => ({ ...row, id, name, phone, userId, permissions: [] }),
    ),
  )
  await live(MARIA)
  await live(JOHAN)
  const letter = { entry: [{ changes: [{ value: { messages: [wordOf(MARIA), wordOf(JOHAN)] } }] }] }
  await recordDeadLetters(pool, [
    deadLetter('both', letter),
    deadLetter('hers', { entry: [{ changes: [{ value: { messages: [wordOf(MARIA)] } }] }] }),
  ])
})
afterEach(() => opened.disposeAsync())

const wordOf = ({ phone, word }: Person) => ({ from: phone, type: 'text', text: { body: word } })
const deadLetter = (messageId: string, body: object) => ({
  ...({
    queue: webhookReceived.queue,
    messageId,
    reason: 'permanent',
    error: 'poison',
    attempts: 1,
  } as const),
  ...{
    firstFailedAt: new Date(),
    diedAt: new Date(),
    headers: {},
    correlationId: undefined,
    traceparent: undefined,
  },
  body: Buffer.from(JSON.stringify(body)),
})

async function receive(who: Person, wamid: string) {
  await recordWebhooks(pool, {
    messages: [
      {
        ...{
          wamid,
          phone_number_id: NUMBER,
          phone: who.phone,
          wa_id: who.phone,
          user_id: who.userId,
          kind: 'text',
        },
        ...{
          body: { text: { body: who.word } },
          sent_at: new Date().toISOString(),
          received_us: 1,
          position: 0,
        },
      },
    ],
    ...{ receipts: [], events: [] },
  })
}

/** A row in every table, with what is this driver's in it. */
async function live(who: Person): Promise<void> {
  const conversation = conversationOf(who)
  const { id: driverId, word, phone } = who
  await receive(who, who.wamid)
  const { epoch } = await claimTurn(pool, conversation, { ...LEASE, steal: false })
  await authenticate(pool, conversation)
  const turnId = randomUUID()
  const key = keyOf(who)
  const finding = { check: 'pii', severity: 'log', score: 1, span: { start: 0, end: 1 } }
  await commitTurn(pool, conversation, {
    ...{ epoch, lease: LEASE },
    turn: {
      ...{ id: turnId, driverId, wamids: [who.wamid], session: { words: word } },
      replies: [{ message: { type: 'text', text: { body: `${who.name}: ${word}` } }, replyTo: who.wamid }],
      commands: [{ id: randomUUID(), kind: 'confirm', payload: { words: word } }],
      notices: [{ id: randomUUID(), kind: 'help', priority: 'high', text: who.name, reason: word }],
      audit: [{ action: 'turn.tool-called', detail: { wamid: who.wamid, words: word } }],
      modelCalls: [{ purpose: 'understand', model: 'm', outcome: 'calls', latencyMs: 1, costUsd: 0.5 }],
      transcripts: [{ wamid: who.wamid, text: word }],
      proofs: [
        {
          ...{
            id: randomUUID(),
            orderId: word,
            orderDate: '2026-11-23',
            place: { latitude: 1, longitude: 2 },
          },
          parts: [
            {
              ...({
                wamid: who.wamid,
                sentAt: 0,
                kind: 'photo',
                sha256: hashOf(who),
                contentType: 'image/jpeg',
              } as const),
              ...{ sizeBytes: 3, objectKey: key, caption: word },
            },
          ],
        },
      ],
      guardrails: [
        {
          ...({
            wamid: who.wamid,
            direction: 'input',
            source: 'driver',
            action: 'log',
            policyVersion: '1',
          } as const),
          ...{ text: word, findings: [finding] },
        },
      ],
    },
  })
  await pool.query("UPDATE order_commands SET state = 'done' WHERE driver_id = $1", [driverId])
  const sent = await pool.query(
    "UPDATE outbound SET state = 'sent', wamid = $2 WHERE conversation_id = $1 RETURNING id",
    [...[conversation, who.sent]],
  )
  await pool.query("SELECT archive.turn_months(now() - interval '1 year')")
  await pool.query(
    "INSERT INTO archive.records (source, at, driver_id, content) VALUES ('turns', now(), $1, jsonb_build_object('said', $2::text))",
    [driverId, word],
  )
  await pool.query(
    `WITH a AS (INSERT INTO receipts (wamid, status, outbound_id, at) VALUES ($1, 'sent', $2, now())),
       b AS (INSERT INTO rates (key, arrival_at) VALUES ('pair:' || $3::text, now())),
       c AS (INSERT INTO takeovers (conversation_id, taken_by, until) VALUES ($3, 'Ana', now())),
       d AS (INSERT INTO check_ins (driver_id, date, conversation_id) VALUES ($4, '2026-11-23', $3)),
       e AS (INSERT INTO order_events (id, driver_id, event, act_at) VALUES ($5, $4, jsonb_build_object('text', $5::text), now())),
       f AS (INSERT INTO audit (action, conversation_id) VALUES ('send.expired', $3))
     INSERT INTO webhook_events (received_us, ingress_id, position, field, reason, value)
       VALUES ($6::text::bigint, 'a', 0, 'messages', 'foreign number', jsonb_build_object('from', $6::text))`,
    [who.sent, sent.rows[0]?.id, conversation, driverId, word, phone],
  )
  const path = join(servers.files.dir, key)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, word)
  await redis.mset({
    [`session:${conversation}`]: `{"words":"${word}"}`,
    [`orders:${driverId}:${new Date().toISOString().slice(0, 10)}`]: `{"at":1,"orders":["${word}"]}`,
  })
  await redis.zadd(`rate:driver:${conversation}`, 1, '1')
}

const hashOf = ({ word }: Person) => createHash('sha256').update(word).digest('hex')
const keyOf = (who: Person) => `${hashOf(who).slice(0, 2)}/${hashOf(who)}.jpg`

/** Every table, every key of Redis, every file: what is in it about these marks, by place. */
async function everything(): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const table of Object.keys(PERSONAL_DATA)) {
    const { rows } = await pool.query<{ row: string }>(`SELECT to_jsonb(t)::text AS row FROM ${table} t`)
    for (const [index, { row }] of rows.entries())
      found.set(
        `${table} ${index}`,
        row.replaceAll(/\\\\x((?:[0-9a-f]{2})*)/g, (_all, hex: string) => Buffer.from(hex, 'hex').toString()),
      )
  }
  for (const key of await redis.keys('*'))
    found.set(`redis ${key}`, (await redis.type(key)) === 'string' ? `${await redis.get(key)}` : '')
  for (const file of readdirSync(servers.files.dir, { recursive: true, encoding: 'utf8' }))
    if (file.endsWith('.jpg')) found.set(`file ${file}`, readFileSync(join(servers.files.dir, file), 'utf8'))
  return found
}
async function about(who: Person): Promise<string[]> {
  return [...(await everything())]
    .filter((entry) => canaries(who).some((canary) => entry.join(' ').includes(canary)))
    .map(([place, text]) => `${place.replace(/^([\w.]+) \d+$/, '$1')}: ${text}`)
    .sort()
}

const deps = async () => ({
  ...servers,
  ...{ memory: opened.use(await openMemory(servers.redisUrl)), files: openFiles(servers.files), by: 'Ana' },
  waitMs: 0,
})
const erase = async (overrides: object = {}): Promise<Erased> =>
  eraseDriver(MARIA.id, { ...(await deps()), ...overrides })

it('S18: an export has all that there is of a driver, and nothing of another one', async () => {
  const out = join(servers.files.dir, 'maria.json')
  const copies = join(servers.files.dir, 'copies')
  const args = ['export', '--driver', MARIA.id, '--out', out, '--files', copies, '--as', 'Ana']
  expect(await privacyCommand(args, () => servers)).toBe(0)
  const exported = readFileSync(out, 'utf8')
  for (const canary of canaries(MARIA)) expect(exported).toContain(canary)
  for (const canary of canaries(JOHAN)) expect(exported).not.toContain(canary)
  const { tables } = (await exportDriver(MARIA.id, undefined, await deps())) as { tables: object }
  const all = Object.entries(PERSONAL_DATA).flatMap(([table, it]) => ('rows' in it ? [table] : []))
  expect(Object.keys(tables).sort()).toEqual(all.sort())
  expect(readdirSync(copies)).toEqual([`${hashOf(MARIA)}.jpg`])
  const { rows } = await pool.query(
    "SELECT detail FROM audit WHERE action = 'driver.exported' AND driver_id = $1",
    [MARIA.id],
  )
  expect(rows).toContainEqual({ detail: { by: 'Ana' } })
})

it('S18: after an erasure nothing of the driver is anywhere, and all of the other one is as it was', async () => {
  const before = await about(JOHAN)
  const said: string[] = []
  expect(
    await privacyCommand(
      ['erase', '--driver', MARIA.id],
      () => servers,
      (line) => said.push(line),
    ),
  ).toBe(1)
  expect(await about(MARIA)).not.toEqual([])
  expect(
    await privacyCommand(
      ['erase', '--driver', MARIA.id, '--yes'],
      () => servers,
      (line) => said.push(line),
    ),
  ).toBe(0)
  expect(await about(MARIA)).toEqual([])
  expect(said.join('\n')).toMatch(
    /is erased\..*1 inbound.*3 keys of Redis.*1 files.*What remains:.*rows of audit.*WhatsApp/s,
  )

  // The letter that both are in is whole but for her.
  const others = (lines: readonly string[]) => lines.filter((line) => !line.startsWith('dead_letters'))
  const after = await about(JOHAN)
  expect(others(after)).toEqual(others(before))
  expect(after.length).toBe(before.length)
  const letters = await pool.query(
    "SELECT state, convert_from(body, 'UTF8') AS body FROM dead_letters ORDER BY id",
  )
  expect(letters.rows).toEqual([
    {
      state: 'open',
      body: JSON.stringify({ entry: [{ changes: [{ value: { messages: [wordOf(JOHAN)] } }] }] }),
    },
    { state: 'dropped', body: '' },
  ])
  const cost = await pool.query('SELECT sum(cost_usd)::float AS usd FROM model_calls')
  expect(cost.rows).toEqual([{ usd: 1 }])

  await receive(MARIA, 'wamid.new')
  expect(await authenticate(pool, conversationOf(MARIA))).toMatchObject({ identity: 'unknown' })
  await expect(erase()).rejects.toThrow('There is no driver driver-7 (any more).')
})

it('S18: who has the key finds out which driver a log is about, without a number', async () => {
  const said: string[] = []
  expect(
    await privacyCommand(
      ['log-names'],
      () => servers,
      (line) => said.push(line),
    ),
  ).toBe(0)
  const nameOf = (who: Person) =>
    createHmac('sha256', 'key').update(conversationOf(who)).digest('hex').slice(0, 8)
  expect(said.sort()).toEqual([MARIA, JOHAN].map((who) => `${nameOf(who)}\t${who.id}`).sort())
})

it('S18: nothing is erased while a turn, a word to the order system or a webhook of the driver is under way', async () => {
  const before = await about(MARIA)
  await receive(MARIA, 'wamid.second')
  const { epoch } = await claimTurn(pool, conversationOf(MARIA), { ...LEASE, steal: false })
  await expect(erase()).rejects.toThrow('the inbound lane is being worked on')
  const turn = {
    id: randomUUID(),
    driverId: MARIA.id,
    wamids: [],
    session: {},
    replies: [],
    audit: [],
    modelCalls: [],
  }
  const commands = [{ id: randomUUID(), kind: 'confirm', payload: {} }]
  await pool.query("DELETE FROM inbound WHERE wamid = 'wamid.second'")
  await commitTurn(pool, conversationOf(MARIA), { epoch, lease: LEASE, turn: { ...turn, commands } })
  await expect(erase()).rejects.toThrow('1 of the driver')
  await pool.query("UPDATE order_commands SET state = 'done'")

  await messaging.publish(webhookReceived, Buffer.from(JSON.stringify(wordOf(MARIA))), {
    headers: { receivedAtUs: 1, ingressId: 'a' },
  })
  await expect(erase()).rejects.toThrow(`messages wait in ${webhookReceived.queue}`)
  expect((await about(MARIA)).length).toBeGreaterThanOrEqual(before.length)
  await purge(webhookReceived.queue)
  expect((await erase()).rows.drivers).toBe(1)
})

it('S18: an erasure that was broken off is done by the next one', async () => {
  const files = { ...openFiles(servers.files), remove: () => Promise.reject(new Error('the store is away')) }
  await expect(erase({ files })).rejects.toThrow('the store is away')
  expect((await pool.query('SELECT FROM drivers')).rowCount).toBe(2)
  expect((await erase()).files).toBe(1)
  expect(await about(MARIA)).toEqual([])
})

it('S18: what another driver has, too, stays: the same photo, and the past of a number', async () => {
  await pool.query('UPDATE proof_parts SET object_key = $1', [keyOf(MARIA)])
  const path = join(servers.files.dir, keyOf(MARIA))
  // Johan has her number now.
  await pool.query("DELETE FROM identities WHERE kind = 'phone' AND driver_id = $1", [MARIA.id])
  await pool.query("UPDATE identities SET value = $1 WHERE kind = 'phone' AND driver_id = $2", [
    MARIA.phone,
    JOHAN.id,
  ])
  await receive(JOHAN, 'wamid.of-johan')
  expect(await erase()).toMatchObject({ files: 0, filesOfOthers: 1, sharedConversations: 1 })
  expect(existsSync(path)).toBe(true)
  const { rows } = await pool.query('SELECT wamid FROM inbound ORDER BY wamid')
  expect(rows).toEqual([{ wamid: JOHAN.wamid }, { wamid: 'wamid.of-johan' }])
})

async function purge(queue: string): Promise<void> {
  const { origin, username, password } = new URL(env.TEST_RABBITMQ_MANAGEMENT_URL ?? '')
  await fetch(`${origin}/api/queues/${vhost}/${queue}/contents`, {
    method: 'DELETE',
    headers: { authorization: `Basic ${btoa(`${username}:${password}`)}` },
  })
}
