import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Pool, Send } from '@waybill/database'
import { freshDatabase } from '@waybill/test-kit'
import type { SendOutcome } from '@waybill/whatsapp'
import pg from 'pg'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { createMetrics } from '../src/metrics.ts'
import { sendLane } from '../src/send-lane.ts'

const pacing = {
  numberPerSecond: 1_000,
  pairIntervalMs: 6_000,
  pairBurst: 45,
  waitMsMax: 2_000,
  settleMs: 10_000,
  attemptsMax: 2,
}

let database: Awaited<ReturnType<typeof freshDatabase>>
let pool: Pool

beforeAll(async () => {
  database = await freshDatabase()
  pool = new pg.Pool({ connectionString: database.url })
})
afterAll(async () => {
  await pool.end()
  await database[Symbol.asyncDispose]()
})

/** A conversation with replies waiting, by their texts. */
async function conversationWith(...texts: string[]): Promise<string> {
  const id = `42:${randomUUID()}`
  await pool.query(
    `INSERT INTO conversations (id, phone_number_id, wa_id, last_message_at) VALUES ($1, '42', '1555', now())`,
    [id],
  )
  const replies = texts.map((body) => ({ message: { type: 'text', text: { body } }, replyTo: 'wamid.asked' }))
  await pool.query('SELECT enqueue_replies($1, $2, $3)', [id, randomUUID(), JSON.stringify(replies)])
  return id
}

/** `isAway` says of every query, counted from one, whether it is lost: before it is done, or its answer. */
function setup(
  answer: (send: Send) => SendOutcome,
  isAway: (query: number) => false | 'before' | 'after' = () => false,
) {
  const sent: unknown[] = []
  const read: string[] = []
  const queries: unknown[] = []
  const counting = Object.assign(Object.create(pool), {
    query: (...args: Parameters<Pool['query']>) => {
      queries.push(args[0])
      const lost = isAway(queries.length)
      const away = new Error('the database is away')
      if (lost === 'before') throw away
      const answer = pool.query(...args)
      return lost ? Promise.resolve(answer).then(() => Promise.reject(away)) : answer
    },
  })
  const work = sendLane({
    pool: counting,
    pacing,
    owner: 'sender-1',
    databaseWaitsMs: [1, 1],
    log: pino({ level: 'silent' }),
    metrics: createMetrics(new Registry()),
    presence: {
      async markRead({ wamid }) {
        read.push(wamid)
      },
    },
    async attempt(send) {
      sent.push(send.message)
      return answer(send)
    },
  })
  const run = (conversationId: string, isRedelivered = false) =>
    work({ payload: { conversationId }, isRedelivered })
  return { run, sent, read, queries }
}

async function stateOf(conversationId: string) {
  const { rows } = await pool.query<{ states: string[]; isHeld: boolean }>(
    `SELECT (SELECT array_agg(state ORDER BY seq) FROM outbound WHERE conversation_id = key) AS states,
       coalesce(lease_until > now(), false) AS "isHeld" FROM lanes WHERE kind = 'outbound' AND key = $1`,
    [conversationId],
  )
  return rows[0]
}

const accept = ({ id }: Send): SendOutcome => ({ kind: 'accepted', wamid: `wamid.${id}` })
const text = (body: string) => ({ type: 'text', text: { body } })

describe('a hint', () => {
  it('sends what waits, in order, with two round trips for one reply and one more for each further one', async () => {
    const { run, sent, queries } = setup(accept)
    await run(await conversationWith('one'))
    expect(queries).toHaveLength(2)
    await run(await conversationWith('two', 'three'))
    expect([queries.length, sent]).toEqual([5, [text('one'), text('two'), text('three')]])
  })

  it('marks what it answers as read', async () => {
    const { run, read } = setup(accept)
    await run(await conversationWith('one'))
    expect(read).toEqual(['wamid.asked'])
  })

  it('too many finds nothing to do', async () => {
    const { run, sent } = setup(accept)
    const id = await conversationWith('one')
    await Promise.all([run(id), run(id), run(id)])
    expect(sent).toHaveLength(1)
  })

  it('stops at a reply that is in doubt: nothing overtakes it', async () => {
    const { run, sent } = setup(() => ({ kind: 'ambiguous', reason: 'timeout' }))
    const id = await conversationWith('one', 'two')
    await run(id)
    await run(id)
    expect(sent).toEqual([text('one')])
  })

  it('goes on behind a reply that can never work', async () => {
    const { run, sent } = setup((send) =>
      send.attempt === 1 && sent.length === 1 ? { kind: 'rejected', reason: 'no' } : accept(send),
    )
    await run(await conversationWith('one', 'two'))
    expect(sent).toEqual([text('one'), text('two')])
  })

  it('never throws: without a database the lane is left to the sweeper', async () => {
    const { run, sent } = setup(accept, () => 'before')
    await run(await conversationWith('one'))
    expect(sent).toEqual([])
  })

  it.each(['before', 'after'] as const)(
    'is not forgotten while PostgreSQL is away: lost %s',
    async (when) => {
      // The second query writes down what WhatsApp has accepted.
      const { run, sent } = setup(accept, (query) => query === 2 && when)
      const conversation = await conversationWith('one')
      await run(conversation)
      expect(sent).toHaveLength(1)
      expect(await stateOf(conversation)).toEqual({ states: ['accepted'], isHeld: false })
    },
  )

  it('takes a lane back whose claim it never heard of', async () => {
    const { run, sent } = setup(accept, (query) => query === 1 && 'after')
    const conversation = await conversationWith('one')
    await run(conversation)
    // Nobody knows whether it was sent: that it was not is settled by the missing receipt.
    expect([sent, await stateOf(conversation)]).toEqual([[], { states: ['unknown'], isHeld: false }])
  })
})
