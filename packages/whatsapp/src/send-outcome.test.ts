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
    [131056, 400, { kind: 'retry', scope: 'pair' }],
    [131056, 403, { kind: 'retry', scope: 'pair' }],
    [4, 429, { kind: 'retry', scope: 'number', delayMs: 60_000 }],
    [17, 400, { kind: 'retry', scope: 'number' }],
    [613, 429, { kind: 'retry', scope: 'number' }],
    [80007, 400, { kind: 'retry', scope: 'number' }],
    [131048, 400, { kind: 'retry', scope: 'number' }],
    [131057, 500, { kind: 'retry', scope: 'message' }],
    [133004, 503, { kind: 'retry', scope: 'message' }],
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
    [131047, 400, { kind: 'rejected' }],
    [131026, 400, { kind: 'rejected' }],
    [131049, 400, { kind: 'rejected' }],
    [130472, 400, { kind: 'rejected' }],
    [131050, 400, { kind: 'rejected' }],
    [131051, 400, { kind: 'rejected' }],
    [131053, 400, { kind: 'rejected' }],
    [133016, 400, { kind: 'rejected' }],
    [100, 400, { kind: 'rejected' }],
    [131008, 400, { kind: 'rejected' }],
    [131009, 400, { kind: 'rejected' }],
    [131021, 400, { kind: 'rejected' }],
    [135000, 400, { kind: 'rejected' }],
    [132000, 400, { kind: 'rejected' }],
    [132001, 404, { kind: 'rejected' }],
    [132015, 400, { kind: 'rejected' }],
    [131062, 400, { kind: 'rejected' }],
    [137000, 400, { kind: 'rejected' }],
    [999_999, 400, { kind: 'rejected' }],
    [999_999, 429, { kind: 'retry', scope: 'number' }],
    [999_999, 500, { kind: 'ambiguous' }],
  ])('code %i with status %i', (code, status, expected) => {
    expect(outcomeFor(status, failure(code))).toMatchObject(expected)
  })

  it.each([
    [200, undefined, 'ambiguous'],
    [502, undefined, 'ambiguous'],
    [429, undefined, 'retry'],
    [401, undefined, 'pause'],
    [404, undefined, 'rejected'],
  ])('status %i without a readable body', (status, body, kind) => {
    expect(outcomeFor(status, body).kind).toBe(kind)
  })

  it('waits as long as it is told to', () => {
    expect(outcomeFor(429, failure(4), 7)).toMatchObject({ delayMs: 7_000 })
  })

  const folder = new URL('../fixtures/graph-api/phone-number-id/get/', import.meta.url)
  it.each(readdirSync(folder).filter((name) => /response-(401|403|429)/.test(name)))(
    '%s is not blamed on the message',
    (name) => {
      const body: unknown = JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
      expect(outcomeFor(Number(name.slice(9, 12)), body).kind).toMatch(/^(pause|retry)$/)
    },
  )
})

describe('outcomeOfNetworkError', () => {
  it.each([
    ['ECONNREFUSED', 'retry'],
    ['ENOTFOUND', 'retry'],
    ['UND_ERR_CONNECT_TIMEOUT', 'retry'],
    ['CERT_HAS_EXPIRED', 'retry'],
    ['ECONNRESET', 'ambiguous'],
    ['UND_ERR_SOCKET', 'ambiguous'],
  ])('%s', (code, kind) => {
    const error = new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code }) })
    expect(outcomeOfNetworkError(error).kind).toBe(kind)
  })
})
