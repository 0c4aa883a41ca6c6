import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { freshDatabase } from '@waybill/test-kit'
import pg from 'pg'
import { claimSend, type SettledOutcome, settleSend } from '../src/outbound-lane.ts'
import { recordWebhooks } from '../src/record-webhooks.ts'
import { noteTemplates } from '../src/templates.ts'

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
beforeEach(() => pool.query('TRUNCATE templates'))

const pacing = {
  numberPerSecond: 1_000,
  pairIntervalMs: 6_000,
  pairBurst: 45,
  waitMsMax: 2_000,
  settleMs: 10_000,
  attemptsMax: 2,
}
const lease = { owner: 'sender-a', ttlMs: 45_000, pacing }
const TEXT = { type: 'text', text: { body: 'Hello' } }
const template = (code: string) => ({ type: 'template', template: { name: 'news', language: { code } } })

async function conversation(hours: number | null = 1) {
  const conversationId = `42:${randomUUID()}`
  await pool.query(
    `INSERT INTO conversations (id, phone_number_id, wa_id, last_message_at)
     VALUES ($1, '42', '1', now() - $2::int * interval '1 hour')`,
    [conversationId, hours],
  )
  await pool.query(`INSERT INTO lanes (kind, key) VALUES ('outbound', $1)`, [conversationId])
  return { conversationId }
}

/** One message that waits in a conversation whose driver wrote so many hours ago; `null`: never. */
async function waiting(
  hours: number | null,
  templates: readonly unknown[] = [template('pt_BR'), template('en_US')],
) {
  const { conversationId } = await conversation(hours)
  await pool.query(
    'INSERT INTO outbound (conversation_id, part, message, templates) VALUES ($1, 1, $2, $3)',
    [conversationId, TEXT, JSON.stringify(templates)],
  )
  const claimed = await claimSend(pool, conversationId, { ...lease, steal: false })
  const settle = (id: string, outcome: SettledOutcome) =>
    settleSend(pool, conversationId, { epoch: claimed.epoch, lease, id, outcome })
  return { conversationId, work: claimed.work, settle }
}

async function rowOf(conversationId: string) {
  const { rows } = await pool.query<{ state: string; sent_as: string | null; last_error: string | null }>(
    'SELECT state, sent_as, last_error FROM outbound WHERE conversation_id = $1',
    [conversationId],
  )
  return rows[0]
}

function idOf(work: Awaited<ReturnType<typeof waiting>>['work']): string {
  if (work.state !== 'run') throw new Error(`nothing to send: ${work.state}`)
  return work.send.id
}

describe('the 24-hour window', () => {
  it('is open: as it was written', async () => {
    const { work, conversationId } = await waiting(23)
    expect(work).toMatchObject({ state: 'run', send: { message: TEXT, form: 'free' } })
    expect(await rowOf(conversationId)).toMatchObject({ sent_as: 'free' })
  })

  it.each([24, null])('is closed (%s hours): by template', async (hours) => {
    const { work, conversationId } = await waiting(hours)
    expect(work).toMatchObject({ state: 'run', send: { message: template('pt_BR'), form: 'template' } })
    expect(await rowOf(conversationId)).toMatchObject({ sent_as: 'news/pt_BR' })
  })

  it('is closed, and the language’s template is paused: in English', async () => {
    await noteTemplates(pool, [
      { name: 'news', language: 'pt_BR', status: 'PAUSED' },
      { name: 'news', language: 'en_US', status: 'APPROVED' },
    ])
    expect((await waiting(30)).work).toMatchObject({
      send: { message: template('en_US'), form: 'fallback' },
    })
  })

  it('is closed: a template that is known to be approved goes before one that nobody has heard of', async () => {
    await noteTemplates(pool, [{ name: 'news', language: 'en_US', status: 'APPROVED' }])
    expect((await waiting(30)).work).toMatchObject({ send: { message: template('en_US'), form: 'fallback' } })
  })

  it('learns of a template’s status from webhooks', async () => {
    const event = {
      received_us: 1,
      ingress_id: 'a',
      position: 0,
      field: 'message_template_status_update',
      reason: 'account',
      value: { event: 'PAUSED', message_template_name: 'news', message_template_language: 'pt_BR' },
    } as const
    await recordWebhooks(pool, { messages: [], receipts: [], events: [event] })
    expect((await waiting(30)).work).toMatchObject({ send: { form: 'fallback' } })
    await recordWebhooks(pool, {
      messages: [],
      receipts: [],
      events: [{ ...event, position: 1, value: { ...event.value, event: 'APPROVED' } }],
    })
    expect((await waiting(30)).work).toMatchObject({ send: { form: 'template' } })
  })

  it('S34: is closed, and nothing fits: set aside, and dispatch hears of it', async () => {
    const { work, conversationId } = await waiting(30, [])
    expect(work).toEqual({ state: 'empty' })
    expect(await rowOf(conversationId)).toMatchObject({
      state: 'failed',
      last_error: expect.stringMatching(/24-hour/),
    })
    const { rows } = await pool.query('SELECT kind FROM dispatch_notices WHERE conversation_id = $1', [
      conversationId,
    ])
    expect(rows).toEqual([{ kind: 'unreachable' }])
  })

  it('S34: is closed by WhatsApp’s clock and not by ours: the same row goes by template', async () => {
    const { work, settle } = await waiting(23)
    const id = idOf(work)
    const next = await settle(id, { kind: 'rejected', error: '131047', code: 131047 })
    expect(next).toMatchObject({ state: 'run', send: { id, form: 'template' } })
  })

  it('finds out that templates are gone, one after the other, and asks none of them again', async () => {
    const { work, settle, conversationId } = await waiting(30)
    const id = idOf(work)
    const second = await settle(id, { kind: 'rejected', error: 'missing', code: 132001 })
    expect(second).toMatchObject({ state: 'run', send: { id, message: template('en_US') } })
    expect(await settle(id, { kind: 'rejected', error: 'paused', code: 132015 })).toEqual({ state: 'empty' })
    expect(await rowOf(conversationId)).toMatchObject({ state: 'failed' })
    expect((await waiting(30)).work).toEqual({ state: 'empty' })
    // The account's list says otherwise: they are back.
    await noteTemplates(pool, [{ name: 'news', language: 'en_US', status: 'APPROVED' }])
    expect((await waiting(30)).work).toMatchObject({ send: { form: 'fallback' } })
  })

  it('refuses what is wrong with the message itself once and for all', async () => {
    const { work, settle, conversationId } = await waiting(23)
    expect(
      await settle(idOf(work), { kind: 'rejected', error: '131026 no such user', code: 131026 }),
    ).toEqual({
      state: 'empty',
    })
    expect(await rowOf(conversationId)).toMatchObject({ state: 'failed', last_error: '131026 no such user' })
  })
})

describe('what nobody asked for', () => {
  async function broadcast(minutes: number, isNews: boolean) {
    const { conversationId } = await conversation()
    const turnId = randomUUID()
    await pool.query(
      `INSERT INTO outbound (conversation_id, turn_id, part, priority, message, created_at)
       VALUES ($1, $2, 1, 'broadcast', $3, now() - $4::int * interval '1 minute')`,
      [conversationId, turnId, TEXT, minutes],
    )
    if (isNews) {
      await pool.query(`INSERT INTO drivers (id, name, time_zone) VALUES ($1, 'Johan', 'UTC')`, [turnId])
      await pool.query(
        `INSERT INTO order_events (id, driver_id, event, state, act_at, turn_id) VALUES ($1, $2, '{}', 'told', now(), $3)`,
        [turnId, turnId, turnId],
      )
    }
    const { work } = await claimSend(pool, conversationId, { ...lease, steal: false })
    const { rows } = await pool.query<{ state: string }>('SELECT state FROM order_events WHERE id = $1', [
      turnId,
    ])
    return { work: work.state, row: (await rowOf(conversationId))?.state, event: rows[0]?.state }
  }

  it.each([
    ['a check-in', 100, false, { work: 'run', row: 'sending' }],
    ['a check-in', 125, false, { work: 'empty', row: 'failed' }],
    ['news', 25, true, { work: 'run', row: 'sending', event: 'told' }],
    ['news', 35, true, { work: 'empty', row: 'failed', event: 'waiting' }],
  ])(
    'is not sent when it is no longer news: %s after %s minutes',
    async (_what, minutes, isNews, expected) => {
      expect(await broadcast(minutes, isNews)).toEqual({ event: undefined, ...expected })
    },
  )
})
