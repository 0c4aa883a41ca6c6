import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { outcomeFor, outcomeOfNetworkError } from './send-outcome.ts'

const failure = (code: number) => ({ error: { code, message: 'words' } })

describe('outcomeFor', () => {
  it('knows the wamid of what was accepted', () => {
    expect(outcomeFor(200, { messages: [{ id: 'wamid.1' }] })).toEqual({ kind: 'accepted', wamid: 'wamid.1' })
  })

  it.each([
    [130429, 400, { kind: 'retry', scope: 'number' }],
    [130429, 403, { kind: 'retry', scope: 'number' }],
    [131056, 400, { kind: 'retry', scope: 'pair' }],
    [131056, 403, { kind: 'retry', scope: 'pair' }],
    [4, 429, { kind: 'retry', scope: 'number', delayMs: 60_000 }],
    [17, 400, { kind: 'retry', scope: 'number', delayMs: 60_000 }],
    [613, 429, { kind: 'retry', scope: 'number', delayMs: 60_000 }],
    [80007, 400, { kind: 'retry', scope: 'number', delayMs: 60_000 }],
    [131048, 400, { kind: 'retry', scope: 'number', delayMs: 60_000 }],
    [131057, 500, { kind: 'retry', scope: 'number' }],
    [133004, 503, { kind: 'ambiguous' }],
    [1, 400, { kind: 'ambiguous' }],
    [2, 503, { kind: 'ambiguous' }],
    [131000, 500, { kind: 'ambiguous' }],
    [131016, 500, { kind: 'ambiguous' }],
    [0, 401, { kind: 'pause' }],
    [190, 401, { kind: 'pause' }],
    [3, 500, { kind: 'pause' }],
    [10, 403, { kind: 'pause' }],
    [200, 403, { kind: 'pause' }],
    [299, 403, { kind: 'pause' }],
    [131005, 403, { kind: 'pause' }],
    [368, 403, { kind: 'pause' }],
    [131031, 403, { kind: 'pause' }],
    [130497, 403, { kind: 'pause' }],
    [131042, 400, { kind: 'pause' }],
    [131045, 500, { kind: 'pause' }],
    [133010, 400, { kind: 'pause' }],
    [33, 400, { kind: 'pause' }],
    [803, 404, { kind: 'pause' }],
    [131047, 400, { kind: 'rejected' }],
    [131026, 400, { kind: 'rejected' }],
    [131049, 400, { kind: 'rejected' }],
    [130472, 400, { kind: 'rejected' }],
    [131050, 400, { kind: 'rejected' }],
    [131051, 400, { kind: 'rejected' }],
    [131052, 400, { kind: 'rejected' }],
    [131053, 400, { kind: 'rejected' }],
    [133016, 400, { kind: 'rejected' }],
    [100, 400, { kind: 'rejected' }],
    [131008, 400, { kind: 'rejected' }],
    [131009, 400, { kind: 'rejected' }],
    [131021, 400, { kind: 'rejected' }],
    [135000, 400, { kind: 'rejected' }],
    [132000, 400, { kind: 'rejected' }],
    [132001, 404, { kind: 'rejected' }],
    [132005, 400, { kind: 'rejected' }],
    [132007, 400, { kind: 'rejected' }],
    [132012, 400, { kind: 'rejected' }],
    [132015, 400, { kind: 'rejected' }],
    [132016, 400, { kind: 'rejected' }],
    [132068, 400, { kind: 'rejected' }],
    [132069, 400, { kind: 'rejected' }],
    [131062, 400, { kind: 'rejected' }],
    [131063, 400, { kind: 'rejected' }],
    [131064, 400, { kind: 'rejected' }],
    [137000, 400, { kind: 'rejected' }],
    [999_999, 400, { kind: 'rejected' }],
    [999_999, 401, { kind: 'pause' }],
    [999_999, 200, { kind: 'ambiguous' }],
    [999_999, 429, { kind: 'retry', scope: 'number' }],
    [999_999, 500, { kind: 'ambiguous' }],
  ])('code %i with status %i', (code, status, expected) => {
    expect(outcomeFor(status, failure(code))).toMatchObject(expected)
  })

  it.each<[number, unknown, string]>([
    [200, undefined, 'ambiguous'],
    [200, { messages: [] }, 'ambiguous'],
    [200, { success: true }, 'ambiguous'],
    [302, undefined, 'ambiguous'],
    [403, 'a page of a proxy', 'ambiguous'],
    [404, { error: 'not found' }, 'ambiguous'],
    [500, { messages: [{ id: 'wamid.1' }] }, 'ambiguous'],
    [502, undefined, 'ambiguous'],
    [429, undefined, 'retry'],
    [401, undefined, 'pause'],
  ])('status %i with %j', (status, body, kind) => {
    expect(outcomeFor(status, body).kind).toBe(kind)
  })

  it.each([4, 130429, 131056])('waits as long as it is told to: %i', (code) => {
    expect(outcomeFor(429, failure(code), 7)).toMatchObject({ kind: 'retry', delayMs: 7_000 })
  })

  it('says what WhatsApp said, in a line that can be stored', () => {
    const error = { code: 131009, message: 'Parameter value is not valid', error_data: { details: 'to\0' } }
    expect(outcomeFor(400, { error })).toMatchObject({ reason: 'Parameter value is not valid: to\uFFFD' })
    expect(outcomeFor(400, { error: { code: 100, message: 'x'.repeat(999) } })).toMatchObject({
      reason: 'x'.repeat(200),
    })
  })

  it('knows by the subcode that the number is gone', () => {
    expect(outcomeFor(400, { error: { code: 100, error_subcode: 33 } }).kind).toBe('pause')
  })
})

describe('the answers that Meta publishes', () => {
  const folder = new URL('../fixtures/graph-api/', import.meta.url)
  const answers = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /response-\d+-/.test(file),
  )
  const outcomes = answers.map((file) => {
    const body: unknown = JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
    const status = Number(/response-(\d+)/.exec(file)?.[1])
    return { file, status, outcome: outcomeFor(status, body) }
  })

  it('that refuse are judged by their code', () => {
    const refused = outcomes.filter(({ status }) => status >= 400)
    expect(refused.map(({ file, outcome }) => `${outcome.kind} ${file}`).toSorted()).toEqual([
      'ambiguous phone-number-id/get/response-500-database-error.json',
      'ambiguous phone-number-id/get/response-500-internal-error.json',
      'ambiguous phone-number-id/get/response-500-service-unavailable.json',
      'pause phone-number-id/get/response-401-expired-token.json',
      'pause phone-number-id/get/response-401-invalid-token.json',
      'pause phone-number-id/get/response-401-missing-token.json',
      'pause phone-number-id/get/response-403-insufficient-permissions.json',
      'pause phone-number-id/get/response-403-missing-permissions.json',
      'pause phone-number-id/get/response-403-not-linked-to-waba.json',
      'pause phone-number-id/get/response-404-deleted-phone.json',
      'pause phone-number-id/get/response-404-phone-not-found.json',
      'pause phone-number-id/get/response-404-waba-not-found.json',
      'pause waba-id-phone-numbers/get/response-403-example.json',
      'pause waba-id-phone-numbers/get/response-404-example.json',
      'pause waba-id-phone-numbers/post/response-403-example.json',
      'rejected phone-number-id/get/response-400-invalid-fields.json',
      'rejected phone-number-id/get/response-400-invalid-phone-id.json',
      'rejected phone-number-id/get/response-400-invalid-version.json',
      'rejected phone-number-id/get/response-422-phone-in-review.json',
      'rejected phone-number-id/get/response-422-phone-not-registered.json',
      'rejected phone-number-id/get/response-422-temporarily-unavailable.json',
      'rejected phone-number-id/post/response-400-example.json',
      'rejected phone-number-id/post/response-422-example.json',
      'rejected waba-id-phone-numbers/get/response-400-example.json',
      'rejected waba-id-phone-numbers/get/response-422-example.json',
      'rejected waba-id-phone-numbers/post/response-400-example.json',
      'rejected waba-id-phone-numbers/post/response-409-example.json',
      'rejected waba-id-phone-numbers/post/response-422-example.json',
      'retry phone-number-id/get/response-429-business-rate-limit.json',
      'retry phone-number-id/get/response-429-rate-limit-exceeded.json',
      'retry phone-number-id/get/response-429-user-rate-limit.json',
      'retry waba-id-phone-numbers/post/response-429-example.json',
    ])
  })

  it('that took a message have its wamid', () => {
    const sent = outcomes.filter(
      ({ file, status }) =>
        status === 200 && /phone-number-id-messages/.test(file) && !/read-receipt/.test(file),
    )
    expect(sent.length).toBeGreaterThan(0)
    for (const { outcome } of sent)
      expect(outcome).toMatchObject({ kind: 'accepted', wamid: expect.stringMatching(/./) })
  })
})

describe('outcomeOfNetworkError', () => {
  it.each([
    [{ code: 'ECONNREFUSED' }, 'retry'],
    [{ code: 'ENOTFOUND' }, 'retry'],
    [{ code: 'EAI_AGAIN' }, 'retry'],
    [{ code: 'UND_ERR_CONNECT_TIMEOUT' }, 'retry'],
    [{ code: 'ETIMEDOUT', syscall: 'connect' }, 'retry'],
    [{ code: 'ETIMEDOUT', errors: [] }, 'retry'],
    [{ code: 'ENETUNREACH', syscall: 'connect' }, 'retry'],
    [{ code: 'CERT_HAS_EXPIRED' }, 'retry'],
    [{ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'retry'],
    [{ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }, 'retry'],
    [{ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, 'retry'],
    [{ code: 'ETIMEDOUT', syscall: 'read' }, 'ambiguous'],
    [{ code: 'ECONNRESET' }, 'ambiguous'],
    [{ code: 'EPIPE' }, 'ambiguous'],
    [{ code: 'UND_ERR_SOCKET' }, 'ambiguous'],
    [{ code: 'UND_ERR_HEADERS_TIMEOUT' }, 'ambiguous'],
  ])('%j', (properties, kind) => {
    const cause = Object.assign(new Error('x'), properties)
    expect(outcomeOfNetworkError(new TypeError('fetch failed', { cause })).kind).toBe(kind)
    expect(outcomeOfNetworkError(cause).kind).toBe(kind)
  })

  it.each([undefined, null, 'rubbish', new Error('given up')])('takes %p for a doubt', (thrown) => {
    expect(outcomeOfNetworkError(thrown).kind).toBe('ambiguous')
  })
})
