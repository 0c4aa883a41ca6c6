import { expect, it } from '@jest/globals'
import { UnavailableError } from '@waybill/resilience'
import OpenAI from 'openai'
import { ModelError, modelFailureOf, retryAfterMs } from './model-failure.ts'

const answered = (status: number, type?: string, headers: Record<string, string> = {}) =>
  OpenAI.APIError.generate(
    status,
    { error: { code: status, message: 'x', metadata: { error_type: type } } },
    undefined,
    new Headers(headers),
  )

it.each([
  ['no credits', answered(402), { outcome: 'payment-required', next: 'hold', needsPerson: true }],
  [
    'no credits, with a Retry-After',
    answered(402, undefined, { 'retry-after': '1' }),
    { next: 'hold', holdMs: 60_000 },
  ],
  ['a key that is not taken', answered(401), { outcome: 'authentication', needsPerson: true }],
  [
    'a rate',
    answered(429, undefined, { 'retry-after': '7' }),
    { outcome: 'rate-limited', next: 'hold', holdMs: 7_000 },
  ],
  ['a rate without a time', answered(429), { next: 'hold', holdMs: 1_000 }],
  ['a model that is gone', answered(404), { outcome: 'no-endpoint', next: 'hold', needsPerson: true }],
  ['no provider that fits', answered(503, 'no_endpoints'), { outcome: 'no-endpoint', next: 'hold' }],
  [
    'a provider that says when',
    answered(503, 'provider_overloaded', { 'retry-after': '3' }),
    { next: 'hold', holdMs: 3_000 },
  ],
  ['a provider that is down', answered(502), { outcome: 'error', next: 'again' }],
  ['a provider that took too long', answered(408), { outcome: 'timeout', next: 'again' }],
  ['moderation', answered(403), { outcome: 'refused', next: 'refused' }],
  ['a content policy', answered(400, 'content_policy_violation'), { outcome: 'refused', next: 'refused' }],
  ['words that are too long', answered(413), { outcome: 'bad-request', next: 'refused' }],
  ['credits inside a 200', new ModelError('x', { code: 402 }), { outcome: 'payment-required', next: 'hold' }],
  ['a failure inside a 200', new ModelError('x', { code: 502 }), { outcome: 'error', next: 'again' }],
  ['no connection', new OpenAI.APIConnectionError({}), { outcome: 'error', next: 'again' }],
  ['a deadline', new UnavailableError('openrouter', 'timeout'), { outcome: 'timeout', next: 'rules' }],
  ['an open breaker', new UnavailableError('openrouter', 'open'), { outcome: 'open', next: 'rules' }],
])('%s', (_what, error, failure) => {
  expect(modelFailureOf(error)).toMatchObject(failure)
})

it('reads when to come back as seconds or as a date, for ten minutes at most', () => {
  const now = Date.parse('2026-11-23T10:00:00Z')
  expect(retryAfterMs('2.5', now)).toBe(2_500)
  expect(retryAfterMs('Mon, 23 Nov 2026 10:00:30 GMT', now)).toBe(30_000)
  expect(retryAfterMs('86400', now)).toBe(600_000)
  for (const nonsense of [null, '', 'soon', '-3']) expect(retryAfterMs(nonsense, now)).toBeUndefined()
})
