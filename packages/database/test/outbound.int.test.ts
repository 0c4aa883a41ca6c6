import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { freshDatabase } from '@waybill/test-kit'
import pg from 'pg'
import { claimCommand, settleCommand } from '../src/command-lane.ts'
import { claimSend, type SettledOutcome, settleSend } from '../src/outbound-lane.ts'
import { recordWebhooks } from '../src/record-webhooks.ts'

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

const pacing = {
  numberPerSecond: 1_000,
  pairIntervalMs: 6_000,
  pairBurst: 45,
  waitMsMax: 2_000,
  settleMs: 10_000,
  attemptsMax: 2,
}
const lease = { owner: 'sender-a', ttlMs: 45_000, pacing }

/** A conversation with so many replies waiting; returns their ids, oldest first. */
async function conversationWith(count: number, number = '106540352242922') {
  const conversationId = `${number}:${randomUUID()}`
  await pool.query(
    'INSERT INTO conversations (id, phone_number_id, wa_id, last_message_at) VALUES ($1, $2, $3, now())',
    [conversationId, number, '1'],
  )
  await pool.query(`SELECT enqueue_replies($1, $2, $3)`, [
    conversationId,
    randomUUID(),
    JSON.stringify(Array.from({ length: count }, (_, n) => ({ message: { n } }))),
  ])
  const { rows } = await pool.query<{ id: string }>(
    'SELECT id FROM outbound WHERE conversation_id = $1 ORDER BY seq',
    [conversationId],
  )
  return { conversationId, ids: rows.map(({ id }) => id) }
}

const claim = (conversationId: string, steal = false) => claimSend(pool, conversationId, { ...lease, steal })

async function settle(conversationId: string, epoch: string, id: string, outcome: SettledOutcome) {
  return settleSend(pool, conversationId, { epoch, lease, id, outcome })
}

async function receipt(id: string, wamid: string, status: string) {
  return recordWebhooks(pool, {
    messages: [],
    events: [],
    receipts: [{ wamid, status, outbound_id: id, at: '2026-11-23T08:00:00Z', errors: undefined }],
  })
}

async function stateOf(id: string | undefined) {
  const { rows } = await pool.query<{ state: string }>('SELECT state FROM outbound WHERE id = $1', [id])
  return rows[0]?.state
}

async function settleTimeIsOver(conversationId: string) {
  await pool.query(`UPDATE outbound SET settle_by = now() WHERE conversation_id = $1`, [conversationId])
  await pool.query(`UPDATE lanes SET not_before = NULL WHERE key = $1`, [conversationId])
}

describe('sending', () => {
  it('goes one after the other in the order of the replies', async () => {
    const { conversationId, ids } = await conversationWith(2)
    const first = await claim(conversationId)
    expect(first.work).toMatchObject({ state: 'run', send: { id: ids[0] } })
    expect((await claim(conversationId)).work).toEqual({ state: 'busy' })
    const second = await settle(conversationId, first.epoch, ids[0] ?? '', {
      kind: 'accepted',
      wamid: 'wamid.1',
    })
    expect(second).toMatchObject({ state: 'run', send: { id: ids[1] } })
  })

  it('tells the sender when the message came that a reply answers', async () => {
    const { conversationId, ids } = await conversationWith(2)
    const wamid = `wamid.${randomUUID()}`
    await pool.query(
      `INSERT INTO inbound (wamid, conversation_id, kind, body, sent_at, received_us, position)
       VALUES ($1, $2, 'text', '{}', '2026-11-23T08:00:00Z', 1763884800500000, 0)`,
      [wamid, conversationId],
    )
    await pool.query('UPDATE outbound SET reply_to = $1 WHERE id = $2', [wamid, ids[1]])
    const first = await claim(conversationId)
    expect(first.work).toMatchObject({ send: { answers: null } })
    const second = await settle(conversationId, first.epoch, ids[0] ?? '', {
      kind: 'accepted',
      wamid: 'wamid.1',
    })
    expect(second).toMatchObject({
      send: { answers: { sentAt: Date.parse('2026-11-23T08:00:00Z'), receivedAt: 1_763_884_800_500 } },
    })
  })

  it('P5: what a dead sender left is not sent again before its receipt had time to come', async () => {
    const { conversationId, ids } = await conversationWith(1)
    await claim(conversationId)
    expect((await claim(conversationId, true)).work).toMatchObject({ state: 'later' })
    expect(await stateOf(ids[0])).toBe('unknown')

    await settleTimeIsOver(conversationId)
    expect((await claim(conversationId)).work).toMatchObject({
      state: 'run',
      send: { id: ids[0], attempt: 2 },
    })
  })

  it('P5: a receipt settles what a dead sender left, and wakes the lane for the next reply', async () => {
    const { conversationId, ids } = await conversationWith(2)
    await claim(conversationId)
    await claim(conversationId, true)
    expect(await receipt(ids[0] ?? '', 'wamid.9', 'delivered')).toMatchObject([
      { kind: 'outbound', conversationId },
    ])
    expect(await stateOf(ids[0])).toBe('delivered')
    expect((await claim(conversationId)).work).toMatchObject({ state: 'run', send: { id: ids[1] } })
  })

  it('leaves to a person what stays in doubt after two attempts, and goes on', async () => {
    const { conversationId, ids } = await conversationWith(2)
    for (const _attempt of [1, 2]) {
      const { epoch } = await claim(conversationId)
      await settle(conversationId, epoch, ids[0] ?? '', { kind: 'ambiguous', error: 'timeout' })
      await settleTimeIsOver(conversationId)
    }
    expect((await claim(conversationId)).work).toMatchObject({ state: 'run', send: { id: ids[1] } })
    expect(await stateOf(ids[0])).toBe('review')
  })

  it('waits as long as WhatsApp asks, without using up an attempt', async () => {
    const { conversationId, ids } = await conversationWith(1)
    const { epoch } = await claim(conversationId)
    const later = await settle(conversationId, epoch, ids[0] ?? '', {
      kind: 'retry',
      error: '131056',
      delayMs: 4_000,
    })
    expect(later).toEqual({ state: 'later', waitMs: 4_000 })
    expect((await claim(conversationId)).work.state).toBe('later')
    await settleTimeIsOver(conversationId)
    expect((await claim(conversationId)).work).toMatchObject({
      state: 'run',
      send: { attempt: 1, failures: 1 },
    })
  })

  it('keeps what WhatsApp accepted on record even from a sender that was taken over', async () => {
    const { conversationId, ids } = await conversationWith(1)
    const { epoch } = await claim(conversationId)
    await claim(conversationId, true)
    const fenced = await settle(conversationId, epoch, ids[0] ?? '', { kind: 'accepted', wamid: 'wamid.7' })
    expect(fenced).toEqual({ state: 'fenced' })
    expect(await stateOf(ids[0])).toBe('accepted')
  })

  it('never lets a receipt take a state back (users: status-forward)', async () => {
    const { conversationId, ids } = await conversationWith(1)
    const { epoch } = await claim(conversationId)
    await receipt(ids[0] ?? '', 'wamid.5', 'read')
    await settle(conversationId, epoch, ids[0] ?? '', { kind: 'accepted', wamid: 'wamid.5' })
    await receipt(ids[0] ?? '', 'wamid.5', 'sent')
    expect(await stateOf(ids[0])).toBe('read')
  })

  it('shows two wamids for one reply as a duplicate that the driver sees', async () => {
    const { ids } = await conversationWith(1)
    await receipt(ids[0] ?? '', 'wamid.a', 'sent')
    expect(await receipt(ids[0] ?? '', 'wamid.b', 'sent')).toMatchObject([{ kind: 'visible-duplicate' }])
    const { rows } = await pool.query('SELECT copies FROM visible_duplicates WHERE outbound_id = $1', [
      ids[0],
    ])
    expect(rows).toEqual([{ copies: '2' }])
  })
})

describe('pacing', () => {
  it('sends a burst of 45 to one person, then makes that lane wait', async () => {
    const { conversationId, ids } = await conversationWith(46)
    const { epoch, work: first } = await claim(conversationId)
    let work = first
    let sent = 0
    while (work.state === 'run') {
      sent += 1
      work = await settle(conversationId, epoch, work.send.id, {
        kind: 'accepted',
        wamid: `wamid.${randomUUID()}`,
      })
    }
    expect(sent).toBe(45)
    expect(work).toMatchObject({ state: 'later' })
    expect(await stateOf(ids[45])).toBe('pending')
  })

  it('spreads what the number may send, and tells when it is too much', async () => {
    const slow = { ...lease, steal: false, pacing: { ...pacing, numberPerSecond: 1, waitMsMax: 3_000 } }
    const waits: (number | string)[] = []
    for (let n = 0; n < 10; n += 1) {
      const { conversationId } = await conversationWith(1, '999')
      const { work } = await claimSend(pool, conversationId, slow)
      waits.push(work.state === 'run' ? Math.round(work.send.sendAfterMs / 1_000) : work.state)
    }
    expect(waits.slice(0, 4)).toEqual([0, 0, 0, 0])
    expect(waits.at(-1)).toBe('later')
  })

  it('lets replies go before broadcasts: those take what is left over', async () => {
    const slow = { ...lease, steal: false, pacing: { ...pacing, numberPerSecond: 1 } }
    const claims: string[] = []
    for (const priority of ['reply', 'reply', 'reply', 'reply', 'reply', 'broadcast', 'reply']) {
      const { conversationId } = await conversationWith(1, '888')
      await pool.query('UPDATE outbound SET priority = $2 WHERE conversation_id = $1', [
        conversationId,
        priority,
      ])
      claims.push((await claimSend(pool, conversationId, slow)).work.state)
    }
    expect(claims).toEqual(['run', 'run', 'run', 'run', 'run', 'later', 'run'])
  })

  it('holds the whole number back when WhatsApp says so', async () => {
    const [one, other] = [await conversationWith(1, '777'), await conversationWith(1, '777')]
    const { epoch } = await claim(one.conversationId)
    const outcome = { kind: 'retry', error: '130429', delayMs: 60_000, numberDelayMs: 60_000 } as const
    await settle(one.conversationId, epoch, one.ids[0] ?? '', outcome)
    expect((await claim(other.conversationId)).work.state).toBe('later')
  })
})

describe('order commands', () => {
  async function commandsOf(driverId: string, count: number) {
    const { conversationId } = await conversationWith(0)
    const ids = Array.from({ length: count }, () => randomUUID())
    for (const id of ids) {
      await pool.query(
        `INSERT INTO order_commands (id, driver_id, conversation_id, turn_id, kind, payload) VALUES ($1, $2, $3, $4, 'confirm-order', '{}')`,
        [id, driverId, conversationId, randomUUID()],
      )
    }
    await pool.query(`INSERT INTO lanes (kind, key) VALUES ('order-commands', $1)`, [driverId])
    return { ids, conversationId }
  }
  const worker = { owner: 'assistant-a', ttlMs: 15_000 }

  it('P6: reach the order system in the order in which they were given, the failed one first', async () => {
    const { ids, conversationId } = await commandsOf('driver-1', 2)
    const whose = { driverId: 'driver-1', conversationId }
    const first = await claimCommand(pool, 'driver-1', { ...worker, steal: false })
    expect(first.work).toMatchObject({ state: 'run', command: { id: ids[0], attempts: 1 } })
    const retry = {
      epoch: first.epoch,
      lease: worker,
      id: ids[0] ?? '',
      outcome: { kind: 'retry', error: '503', delayMs: 0 },
    } as const
    await settleCommand(pool, whose, retry)
    const again = await claimCommand(pool, 'driver-1', { ...worker, steal: false })
    expect(again.work).toMatchObject({ state: 'run', command: { id: ids[0], attempts: 2 } })
    const next = await settleCommand(pool, whose, {
      ...retry,
      epoch: again.epoch,
      outcome: { kind: 'done' },
    })
    expect(next).toMatchObject({ state: 'run', command: { id: ids[1] } })
  })

  it('tell the driver when the order system has refused for good', async () => {
    const { ids, conversationId } = await commandsOf('driver-2', 1)
    const { epoch } = await claimCommand(pool, 'driver-2', { ...worker, steal: false })
    const reply = { message: { type: 'text', text: { body: 'refused' } } }
    const outcome = { kind: 'rejected', error: '409', reply } as const
    expect(
      await settleCommand(
        pool,
        { driverId: 'driver-2', conversationId },
        { epoch, lease: worker, id: ids[0] ?? '', outcome },
      ),
    ).toEqual({ state: 'empty' })
    const { rows } = await pool.query('SELECT message FROM outbound WHERE conversation_id = $1', [
      conversationId,
    ])
    expect(rows).toEqual([{ message: reply.message }])
  })
})
