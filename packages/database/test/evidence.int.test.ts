import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { freshDatabase } from '@waybill/test-kit'
import pg from 'pg'
import { messagePointedAt, readProofParts } from '../src/evidence.ts'
import { claimTurn, commitTurn, postponeTurn, type TurnRecord } from '../src/inbound-lane.ts'
import { recordWebhooks } from '../src/record-webhooks.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let pool: pg.Pool
let phone: string
let conversation: string
let lastUs = 1_700_000_000_000_000
let phones = 0

beforeAll(async () => {
  database = await freshDatabase()
  pool = new pg.Pool({ connectionString: database.url })
})
afterAll(async () => {
  await pool.end()
  await database[Symbol.asyncDispose]()
})
beforeEach(() => {
  phones += 1
  phone = String(12125550000 + phones)
  conversation = `100:${phone}`
})

const lease = { owner: 'a', ttlMs: 15_000, attemptsMax: 5 }
const claim = () => claimTurn(pool, conversation, { ...lease, steal: false })

async function receive(text = 'hello'): Promise<string> {
  lastUs += 10
  const wamid = `wamid.${randomUUID()}`
  const row = { wamid, phone_number_id: '100', phone, wa_id: phone, user_id: undefined, kind: 'text' }
  const times = { sent_at: '2026-11-23T08:00:00.000Z', received_us: lastUs, position: 0 }
  await recordWebhooks(pool, {
    messages: [{ ...row, ...times, body: { text: { body: text } } }],
    receipts: [],
    events: [],
  })
  return wamid
}

async function answer(wamids: string[], more: Partial<TurnRecord> = {}): Promise<string> {
  const id = randomUUID()
  const { epoch } = await claim()
  const empty = { session: null, replies: [], commands: [], audit: [], modelCalls: [] }
  const turn = { id, driverId: 'driver-johan', wamids, ...empty, ...more }
  const { state } = await commitTurn(pool, conversation, { epoch, lease, turn })
  expect(state).toBe('released')
  return id
}

const photo = (wamid: string) => ({
  wamid,
  kind: 'photo' as const,
  sha256: 'ab'.repeat(32),
  contentType: 'image/jpeg',
  sizeBytes: 2_000,
  objectKey: `ab/${'ab'.repeat(32)}.jpg`,
  caption: 'at the door',
  sentAt: Date.parse('2026-11-23T08:00:00Z'),
})
const orderDate = '2026-11-23'

it('P6: keeps a proof in the transaction of its turn, and what is added to it later', async () => {
  const [first, second] = [await receive(), await receive()]
  const id = randomUUID()
  await answer([first, second], { proofs: [{ id, orderDate, parts: [photo(first)] }] })
  const place = { latitude: 40.75, longitude: -73.99 }
  const third = await receive()
  const located = { wamid: third, kind: 'location' as const, ...place, sentAt: 0 }
  await answer([third], {
    proofs: [{ id, orderId: '12345', orderDate, place, distanceM: 35, parts: [photo(first), located] }],
  })
  const of = { proofId: id, wamids: [first, third] }
  const parts = await readProofParts(pool, { driverId: 'driver-johan', ...of })
  expect(parts).toEqual([photo(first), located])
  expect(await readProofParts(pool, { driverId: 'driver-maria', ...of })).toEqual([])

  const { rows } = await pool.query(
    'SELECT action, detail FROM audit WHERE conversation_id = $1 ORDER BY id',
    [conversation],
  )
  expect(rows).toMatchObject([
    { action: 'proof.kept', detail: { proofId: id, sha256: 'ab'.repeat(32), contentType: 'image/jpeg' } },
    { action: 'proof.kept', detail: { proofId: id, kind: 'location', latitude: 40.75 } },
    { action: 'proof.attached', detail: { proofId: id, orderId: '12345', distanceM: 35 } },
  ])
})

it('keeps what was said in a voice note', async () => {
  const wamid = await receive()
  await answer([wamid], { transcripts: [{ wamid, text: 'my orders' }] })
  const { rows } = await pool.query('SELECT said FROM transcripts WHERE wamid = $1', [wamid])
  expect(rows).toEqual([{ said: 'my orders' }])
})

it('postpones a turn without holding the attempt against its messages', async () => {
  const first = await receive()
  const { epoch } = await claim()
  const later = { epoch, wamids: [first], delayMs: 1 }
  expect(await postponeTurn(pool, conversation, later)).toBe('later')
  expect(await postponeTurn(pool, conversation, later)).toBe('fenced')
  const second = await receive()
  await pool.query('UPDATE lanes SET not_before = NULL WHERE key = $1', [conversation])
  const { work } = await claim()
  expect(work).toMatchObject({ state: 'run', messages: [{ wamid: first, attempts: 1 }, { wamid: second }] })
})

it('knows a message that is pointed at, and whether the question was asked with it', async () => {
  const asked = await receive('confirm it')
  const pendingQuestion = { kind: 'confirm-order', orderId: '12345', askedAt: 1_700_000_000_123 }
  const text = (body: string) => ({ message: { type: 'text', text: { body } } })
  const session = { pendingQuestion }
  const askedIn = await answer([asked], { session, replies: [text('Listed.'), text('Sure?')] })
  const thanks = await receive('thanks')
  const thankedIn = await answer([thanks], {
    ...{ session, replies: [text("You're welcome")] },
    commands: [{ id: randomUUID(), kind: 'confirm-order', payload: {} }],
  })
  await pool.query(
    "UPDATE outbound SET wamid = 'out.' || turn_id || '.' || part WHERE conversation_id = $1",
    [conversation],
  )
  const pointedAt = (wamid: string) => messagePointedAt(pool, conversation, wamid)

  expect(await pointedAt(`out.${askedIn}.2`)).toEqual({
    author: 'assistant',
    content: text('Sure?').message,
    at: expect.any(Number),
    session,
    isQuestion: true,
    hasWritten: false,
  })
  expect(await pointedAt(`out.${askedIn}.1`)).toMatchObject({ isQuestion: false })
  expect(await pointedAt(`out.${thankedIn}.1`)).toMatchObject({ isQuestion: false, hasWritten: true })
  expect(await pointedAt(asked)).toMatchObject({
    author: 'driver',
    content: { kind: 'text', body: { text: { body: 'confirm it' } } },
    isQuestion: false,
  })
  expect(await pointedAt('nobody')).toBeUndefined()
  expect(await messagePointedAt(pool, '100:1', asked)).toBeUndefined()
})
