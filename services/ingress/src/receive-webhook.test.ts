import { describe, expect, it } from '@jest/globals'
import { PublishError } from '@waybill/messaging'
import { currentOrigin } from '@waybill/tracing'
import { signatureOf } from '@waybill/whatsapp'
import Fastify from 'fastify'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { answerHandshake } from './answer-handshake.ts'
import { createMetrics } from './metrics.ts'
import { BODY_BYTES_MAX, receiveWebhook } from './receive-webhook.ts'

const body = Buffer.from('{"entry":"🚚 caf\\u00e9"}')

type Kept = {
  body: Uint8Array
  receivedAtUs: number
  correlationId: string | undefined
}

function setup(publish: (body: Uint8Array) => Promise<void> = async () => {}) {
  const kept: Kept[] = []
  const metrics = createMetrics(new Registry())
  const app = Fastify({ bodyLimit: BODY_BYTES_MAX })
  answerHandshake(app, { verifyToken: 'verify-me-please', metrics })
  receiveWebhook(app, {
    appSecrets: ['secret-now', 'secret-before'],
    ingressId: 'ingress-1',
    metrics,
    log: pino({ level: 'silent' }),
    async publish(bytes, { receivedAtUs }) {
      await publish(bytes)
      kept.push({ body: bytes, receivedAtUs, correlationId: currentOrigin().correlationId })
    },
  })
  const post = (
    signature: string | undefined,
    payload: Buffer = body,
    headers: Record<string, string> = {},
  ) =>
    app.inject({
      method: 'POST',
      url: '/webhook',
      payload,
      headers: {
        'content-type': 'application/json',
        ...headers,
        ...(signature ? { 'x-hub-signature-256': signature } : {}),
      },
    })
  return { app, kept, post }
}

describe('POST /webhook', () => {
  it('publishes the bytes as they came, and only then answers 200 (users: answer-first)', async () => {
    const { post, kept } = setup()
    const response = await post(signatureOf(body, 'secret-now'), body, { 'x-request-id': 'abcdef0123456789' })
    expect([response.statusCode, kept]).toMatchObject([200, [{ body, correlationId: 'abcdef0123456789' }]])
  })

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json; charset=latin1',
    'nonsense',
  ])('does not mind a content type of %s, nor what the bytes say', async (contentType) => {
    const { post, kept } = setup()
    const bytes = Buffer.from([0x7b, 0xff, 0x00, 0xf0, 0x9f])
    const response = await post(signatureOf(bytes, 'secret-now'), bytes, { 'content-type': contentType })
    expect([response.statusCode, kept]).toMatchObject([200, [{ body: bytes }]])
  })

  it.each([
    ['5f2b9c1e8d7a4b3c9e0f1a2b3c4d5e6f', true],
    ['short', false],
    ['x'.repeat(65), false],
    ['with spaces in it', false],
  ])('passes an x-request-id of %s on as the correlation id: %s', async (id, isPassedOn) => {
    const { post, kept } = setup()
    await post(signatureOf(body, 'secret-now'), body, { 'x-request-id': id })
    expect(kept[0]?.correlationId).toBe(isPassedOn ? id : undefined)
  })

  it('S2: accepts the secret before while it is being rotated', async () => {
    const { post } = setup()
    expect((await post(signatureOf(body, 'secret-before'))).statusCode).toBe(200)
  })

  it.each([
    ['another secret', signatureOf(body, 'secret-of-somebody')],
    ['another body', signatureOf(Buffer.from('{}'), 'secret-now')],
    ['capital letters', signatureOf(body, 'secret-now').toUpperCase()],
    ['half of it', signatureOf(body, 'secret-now').slice(0, 40)],
    ['the old kind', 'sha1=0123456789012345678901234567890123456789'],
    ['nothing', undefined],
  ])('S1: answers 401 and keeps nothing for a signature of %s', async (_case, signature) => {
    const { post, kept } = setup()
    expect([(await post(signature)).statusCode, kept]).toEqual([401, []])
  })

  it.each(['timeout', 'returned', 'nacked', 'blocked', 'disconnected'] as const)(
    'P1: answers 503 when RabbitMQ did not take it: %s',
    async (reason) => {
      const { post } = setup(async () => {
        throw new PublishError(reason)
      })
      const response = await post(signatureOf(body, 'secret-now'))
      expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '1'])
    },
  )

  it('S6: takes 3 MB, and answers 413 to more than that', async () => {
    const { post } = setup()
    const large = Buffer.alloc(3_000_000, ' ')
    expect((await post(signatureOf(large, 'secret-now'), large)).statusCode).toBe(200)
    const tooLarge = Buffer.alloc(BODY_BYTES_MAX + 1, ' ')
    expect((await post(signatureOf(tooLarge, 'secret-now'), tooLarge)).statusCode).toBe(413)
  })

  it('stamps each webhook later than the one before', async () => {
    const { post, kept } = setup()
    for (let n = 0; n < 50; n += 1) await post(signatureOf(body, 'secret-now'))
    const stamps = kept.map(({ receivedAtUs }) => receivedAtUs)
    expect(stamps).toEqual([...new Set(stamps)].toSorted((a, b) => a - b))
  })

  it('S30: tells nothing of its insides when something breaks', async () => {
    const { post } = setup(async () => {
      throw new Error('password=hunter2')
    })
    const response = await post(signatureOf(body, 'secret-now'))
    expect([response.statusCode, response.json()]).toEqual([500, { error: 'not accepted' }])
  })
})

describe('GET /webhook', () => {
  const url = (token: string, challenge: string) =>
    `/webhook?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=${encodeURIComponent(challenge)}`

  it.each([
    ['the right token', url('verify-me-please', '1158201444'), 200, '1158201444'],
    ['a wrong token', url('verify-me', '1158201444'), 403, '{"error":"wrong verify token"}'],
    [
      'a challenge that is markup',
      url('verify-me-please', '<script>'),
      400,
      '{"error":"not a webhook handshake"}',
    ],
    ['no parameters', '/webhook', 400, '{"error":"not a webhook handshake"}'],
  ])('S3: with %s', async (_case, path, status, answer) => {
    const response = await setup().app.inject(path)
    expect([response.statusCode, response.body]).toEqual([status, answer])
  })

  it('S3: echoes the challenge as plain text', async () => {
    const response = await setup().app.inject(url('verify-me-please', '1'))
    expect(response.headers['content-type']).toMatch(/^text\/plain/)
  })
})
