import { expect, it } from '@jest/globals'
import { confirmOutcomeOf } from './http-order-system.ts'
import { ComeBackLaterError } from './order-system.ts'

it.each([
  [200, {}, { kind: 'done' }],
  [201, {}, { kind: 'done' }],
  [409, { error: { code: 'already_confirmed' } }, { kind: 'done' }],
  [
    409,
    { error: { message: 'the order is already delivered' } },
    { kind: 'rejected', reason: 'order system answered 409' },
  ],
  [404, {}, { kind: 'rejected', reason: 'order system answered 404' }],
  [400, undefined, { kind: 'rejected', reason: 'order system answered 400' }],
] as const)('%s %j settles a command', (status, body, outcome) => {
  expect(confirmOutcomeOf(status, body, null)).toEqual(outcome)
})

it.each([401, 408, 425, 429, 500, 502, 503, 504])('%s is tried again', (status) => {
  expect(() => confirmOutcomeOf(status, {}, null)).toThrow(Error)
})

it('comes back when it is told to', () => {
  expect(() => confirmOutcomeOf(429, {}, '7')).toThrow(
    new ComeBackLaterError('order system answered 429', 7_000),
  )
})
