import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { QUEUES } from '@waybill/contracts'
import { createPool, listDeadLetters, type Pool, readDeadLetters, recordWebhooks } from '@waybill/database'
import { freshDatabase } from '@waybill/test-kit'
import { hostile } from '@waybill/test-kit/hostile'
import fc from 'fast-check'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { recordDelivered } from '../src/dead-letters/collect-dead-letters.ts'
import { maskText, readablePayload } from '../src/dead-letters/mask-payload.ts'
import { serveAdmin, TOKEN } from './serve-admin.ts'

const nameOf = (id: string) => id
const log = pino({ level: 'silent' })
const opened = new AsyncDisposableStack()
let pool: Pool
beforeAll(async () => {
  const database = opened.use(await freshDatabase())
  const options = { url: database.url, name: 'test', connectionsMax: 2, registry: new Registry(), log }
  pool = opened.adopt(createPool(options), (it) => it.end())
})
afterAll(() => opened.disposeAsync())

it('S32: whatever dies is kept and can be shown, and holds no other letter up', async () => {
  const letter = fc.record({
    body: fc.oneof(
      hostile.json.map((it) => Buffer.from(JSON.stringify(it))),
      fc.uint8Array({ maxLength: 200 }).map((it) => Buffer.from(it)),
    ),
    headers: hostile
      .variantOf({
        'waybill-attempts': 1,
        'waybill-error': 'x',
        'waybill-died-at': '2026-11-23T10:00:00Z',
        receivedAtUs: 1,
      })
      .map((it): Record<string, unknown> => ({ ...Object(it) })),
    isRedelivered: fc.boolean(),
    messageId: fc.option(hostile.text, { nil: undefined }),
    correlationId: fc.option(hostile.text, { nil: undefined }),
    traceparent: fc.option(hostile.text, { nil: undefined }),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...QUEUES),
      fc.array(letter, { minLength: 1, maxLength: 4 }),
      async (contract, letters) => {
        await recordDelivered(pool, contract, letters)
        const [kept] = await readDeadLetters(pool, { queue: contract.queue }, 1)
        expect(kept?.attempts).toBeGreaterThanOrEqual(1)
        for (const { body } of letters) {
          expect(JSON.stringify(readablePayload(body, { isRevealed: false, nameOf })).length).toBeLessThan(
            100_000,
          )
          expect(readablePayload(body, { isRevealed: true, nameOf })).toBeDefined()
        }
        expect(maskText(kept?.error ?? '')).not.toMatch(/\d{9}/)
      },
    ),
  )
  expect((await listDeadLetters(pool, {}, 1)).matching).toBeGreaterThan(0)
}, 60_000)

const ASKED: readonly (readonly [method: string, path: string, body: object])[] = [
  ['PUT', '/conversations/1:15550100001/takeover', { minutes: 5 }],
  ['POST', '/conversations/1:15550100001/messages', { text: 'Go round the back' }],
  ['PUT', '/drivers/driver-johan/status', { status: 'active' }],
  ['POST', `/questions/${'0'.repeat(32)}/answer`, { answer: 'In the kitchen.', title: 'Where?' }],
  ['POST', '/dead-letters/drop', { ids: ['1'], queue: 'q', error: 'e', since: '2026-11-23', limit: 1 }],
  ['POST', '/dead-letters/replay', { ids: ['999'], until: '2026-11-23T10:00:00Z' }],
]

it('S6: whatever is asked below /admin is done or refused', async () => {
  const phone = '15550100001'
  const message = {
    ...{
      wamid: 'wamid.1',
      phone_number_id: '1',
      phone,
      wa_id: phone,
      user_id: undefined,
      kind: 'text',
      body: {},
    },
    ...{ sent_at: new Date().toISOString(), received_us: 1, position: 0 },
  }
  await recordWebhooks(pool, { messages: [message], receipts: [], events: [] })
  const messaging = { publish: async () => {}, republish: async () => {} }
  await using server = await serveAdmin({ pool, messaging })
  const asked = fc
    .constantFrom(...ASKED)
    .chain(([method, path, body]) =>
      fc.tuple(fc.constant(method), fc.constant(path), hostile.variantOf(body), hostile.text),
    )
  await fc.assert(
    fc.asyncProperty(asked, async ([method, path, body, text]) => {
      const headers = { authorization: `Bearer ${TOKEN}`, 'x-operator': 'Ana' }
      const answer = await fetch(`${server.url}/admin${path}`, {
        ...{ method, headers: { ...headers, 'content-type': 'application/json' } },
        body: JSON.stringify(body) ?? text,
      })
      const said = await answer.text()
      expect([answer.status, said]).toEqual([
        expect.any(Number),
        expect.not.stringContaining('something went wrong'),
      ])
      expect(answer.status).toBeLessThan(500)

      const query = new URLSearchParams({ queue: text, error: text, since: text })
      const listed = await fetch(`${server.url}/admin/dead-letters?${query.toString()}`, { headers })
      expect(listed.status).toBeLessThan(500)
      const shown = await fetch(
        `${server.url}/admin/dead-letters/${encodeURIComponent(text.toWellFormed())}`,
        { headers },
      )
      expect(shown.status).toBeLessThan(500)
      // Nothing of it is a page, whoever opens it in a browser.
      for (const { headers: of } of [answer, listed, shown])
        expect(of.get('content-type')).toMatch(/^application\/json/)
    }),
  )
}, 60_000)
