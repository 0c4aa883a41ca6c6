import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { OrderEvent } from '@waybill/contracts'
import { PublishError } from '@waybill/messaging'
import Fastify, { type FastifyInstance } from 'fastify'
import { Registry } from 'prom-client'
import { createMetrics } from './metrics.ts'
import { receiveOrderEvent } from './receive-order-event.ts'

const NOW = Date.parse('2026-11-23T10:00:00Z')
const SECRET = 'a-secret-of-the-order-system'
const EVENT = {
  id: 'evt-1',
  type: 'order.changed',
  driver_id: 'driver-johan',
  occurred_at: '2026-11-23T09:59:00Z',
  order_id: '12346',
}

let app: FastifyInstance
let kept: OrderEvent[]
let failure: Error | undefined
beforeEach(() => {
  kept = []
  failure = undefined
  app = open([SECRET, 'the-secret-before-this-one'])
})
afterEach(() => app.close())

function open(secrets: readonly string[]): FastifyInstance {
  const fastify = Fastify()
  fastify.removeAllContentTypeParsers()
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  receiveOrderEvent(fastify, {
    secrets,
    metrics: createMetrics(new Registry()),
    now: () => NOW,
    async publish(event) {
      if (failure) throw failure
      kept.push(event)
    },
  })
  return fastify
}

type Signed = { secret?: string; at?: number; id?: string; signature?: string }
function post(body: unknown, { secret = SECRET, at = NOW, id = 'msg-1', signature }: Signed = {}) {
  const payload = typeof body === 'string' ? body : JSON.stringify(body)
  const timestamp = String(Math.floor(at / 1_000))
  const v1 = createHmac('sha256', secret).update(`${id}.${timestamp}.${payload}`).digest('base64')
  return app.inject({
    method: 'POST',
    url: '/order-events',
    payload,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signature ?? `v1,${v1}`,
    },
  })
}

describe('POST /order-events', () => {
  it('S2: keeps what is signed, also with the secret before', async () => {
    expect((await post(EVENT)).statusCode).toBe(200)
    expect((await post(EVENT, { secret: 'the-secret-before-this-one' })).json()).toEqual({ kept: 'evt-1' })
    expect(kept).toEqual([
      { ...EVENT, priority: 'normal' },
      { ...EVENT, priority: 'normal' },
    ])
  })

  it.each<[string, Signed]>([
    ['another secret', { secret: 'somebody-elses-secret-key' }],
    ['yesterday', { at: NOW - 6 * 60_000 }],
    ['tomorrow', { at: NOW + 6 * 60_000 }],
    ['no signature', { signature: '' }],
    ['another version', { signature: 'v2,AAAA' }],
    ['half a signature', { signature: 'v1,AAAA' }],
  ])('S1: refuses %s', async (_what, signed) => {
    expect((await post(EVENT, signed)).statusCode).toBe(401)
    expect(kept).toEqual([])
  })

  it.each<[string, unknown, RegExp]>([
    ['no JSON', '{', /object/],
    ['an unknown type', { ...EVENT, type: 'order.exploded' }, /type/],
    ['no order', { ...EVENT, order_id: undefined }, /order_id/],
    ['a time without a zone', { ...EVENT, occurred_at: '2026-11-23T10:00:00' }, /occurred_at/],
    ['an alert without words', { ...EVENT, type: 'alert', text: {} }, /language/],
  ])('says what is wrong with %s', async (_what, body, problem) => {
    const answer = await post(body)
    expect([answer.statusCode, answer.json().error]).toEqual([400, expect.stringMatching(problem)])
  })

  it('wants it again while the broker does not take it', async () => {
    failure = new PublishError('blocked')
    const { statusCode, headers } = await post(EVENT)
    expect([statusCode, headers['retry-after']]).toEqual([503, '1'])
  })

  it('does not exist without a secret', async () => {
    await app.close()
    app = open([])
    expect((await post(EVENT)).statusCode).toBe(404)
  })
})
