import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { describe, expect, it } from '@jest/globals'
import { hostile, isStorable } from '@waybill/test-kit/hostile'
import fc from 'fast-check'
import { canonicalPhone } from './canonical-phone.ts'
import { createMediaApi } from './media-api.ts'
import { mediaHosts } from './media-hosts.ts'
import { outcomeFor } from './send-outcome.ts'
import { sha256Bytes } from './sha256-bytes.ts'
import { isSigned, signatureOf } from './signature.ts'
import { splitWebhook } from './split-webhook.ts'

const folder = new URL('../fixtures/webhooks/', import.meta.url)
const published = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.json'))
  .map((file): unknown => JSON.parse(readFileSync(new URL(file, folder), 'utf8')))
const almostPublished = fc.constantFrom(...published).chain(hostile.variantOf)

describe('whatever is sent', () => {
  it('S1: no header but the right one is a signature', () => {
    const headers = fc.oneof(
      hostile.json,
      hostile.text.map((it) => `sha256=${it}`),
      fc.stringMatching(/^sha256=[0-9a-f]{64}$/),
    )
    fc.assert(
      fc.property(fc.uint8Array(), headers, fc.string(), (body, header, secret) => {
        expect(isSigned(body, header, [secret])).toBe(header === signatureOf(body, secret))
        expect(isSigned(body, signatureOf(body, secret), ['another', secret])).toBe(true)
      }),
    )
  })

  it('S6: a webhook is elements that can be stored', () => {
    fc.assert(
      fc.property(fc.oneof(almostPublished, hostile.json), (body) => {
        for (const element of splitWebhook(body)) expect(isStorable(element)).toBe(true)
      }),
    )
  })

  it('S6: a phone number is digits, and a hash 32 bytes or none', () => {
    fc.assert(
      fc.property(hostile.text, (text) => {
        expect(canonicalPhone(text)).toMatch(/^\d*$/)
        expect(sha256Bytes(text)?.byteLength ?? 32).toBe(32)
      }),
    )
  })
})

describe('whatever WhatsApp answers', () => {
  it('S26: a call to send has an outcome that can be stored', () => {
    const accepted = { messaging_product: 'whatsapp', messages: [{ id: 'wamid.1' }] }
    const refused = { error: { code: 131056, error_subcode: 1, message: 'x', error_data: { details: 'y' } } }
    const bodies = fc.oneof(hostile.variantOf(accepted), hostile.variantOf(refused), hostile.json)
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), bodies, (status, body) => {
        const outcome = outcomeFor(status, body)
        expect(isStorable(outcome)).toBe(true)
        expect(JSON.stringify(outcome).length).toBeLessThan(2_000)
      }),
    )
  })

  const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
  const sha256 = createHash('sha256').update(PNG).digest('hex')

  it('S15: a medium is what was asked for or an error, and the token goes nowhere else', async () => {
    let [answer, file] = ['', Buffer.alloc(0)]
    const seen: (string | undefined)[] = []
    const server = createServer((request, response) => {
      seen.push(request.headers.host)
      response.end(request.url?.startsWith('/v1/') ? answer : file)
    })
    await using opened = new AsyncDisposableStack()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    opened.defer(() => new Promise((resolve) => server.close(() => resolve())))
    opened.defer(() => server.closeAllConnections())
    const address = server.address()
    const host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    const api = createMediaApi({
      ...{ baseUrl: `http://${host}/v1`, phoneNumberId: '1', accessToken: 'canary' },
      hosts: mediaHosts([`http://${host}`, 'lookaside.fbsbx.com'], () => {
        throw new Error('nobody is looked up')
      }),
    })
    const right = { url: `http://${host}/file`, mime_type: 'image/png', sha256, file_size: PNG.length }
    const answers = fc.oneof(
      hostile.variantOf(right).map((it) => JSON.stringify(it) ?? ''),
      hostile.text,
    )
    const files = fc.oneof(
      fc.constant(PNG),
      fc.uint8Array().map((it) => Buffer.concat([PNG, it])),
      fc.uint8Array({ maxLength: 5_000 }).map((it) => Buffer.from(it)),
    )
    await fc.assert(
      fc.asyncProperty(answers, files, hostile.text, async (hostileAnswer, bytes, mediaId) => {
        ;[answer, file] = [hostileAnswer, bytes]
        const request = { mediaId, bytesMax: 1_000, contentTypes: ['image/png'] }
        const outcome = await api.download(request, new AbortController().signal).then(
          ({ bytes: read, contentType }) => [Buffer.from(read), contentType],
          (error: unknown) => error,
        )
        const isError = outcome instanceof Error && !outcome.message.includes('canary')
        expect(isError ? [PNG, 'image/png'] : outcome).toEqual([PNG, 'image/png'])
      }),
    )
    expect(new Set(seen)).toEqual(new Set([host]))
  })
})
