import { describe, expect, it } from '@jest/globals'
import { PermanentError, RetryAfterError } from './errors.ts'
import { delayStepMs, delayStepsMs } from './topology.ts'
import { verdictFor } from './verdict.ts'

const policy = { attemptsMax: 4, delayMsMin: 1_000, delayMsMax: 3_000 }

describe('verdictFor', () => {
  it.each([
    [
      'a permanent error',
      new PermanentError('no such driver'),
      1,
      { action: 'dead-letter', reason: 'permanent' },
    ],
    ['the last attempt', new Error('socket hang up'), 4, { action: 'dead-letter', reason: 'exhausted' }],
    [
      'a Retry-After beyond the ceiling',
      new RetryAfterError('slow', 90_000),
      1,
      { action: 'retry', delayMs: 3_000 },
    ],
    ['an unknown error', new Error('socket hang up'), 2, { action: 'retry', delayMs: 2_000 }],
  ])('%s', (_case, error, attempt, expected) => {
    expect(verdictFor(error, attempt, policy, () => 1)).toEqual(expected)
  })
})

describe('delay queues', () => {
  it('are one per distinct delay', () => {
    expect(delayStepsMs(policy)).toEqual([1_000, 2_000, 3_000])
    expect(delayStepsMs({ ...policy, attemptsMax: 1 })).toEqual([])
  })

  it.each([
    [500, 1_000],
    [1_500, 2_000],
    [9_000, 3_000],
  ])('a wait of %i ms takes the queue of %i ms', (asked, step) => {
    expect(delayStepMs(policy, asked)).toBe(step)
  })
})
