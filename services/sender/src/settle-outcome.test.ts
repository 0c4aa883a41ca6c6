import { describe, expect, it } from '@jest/globals'
import type { Send } from '@waybill/database'
import type { SendOutcome } from '@waybill/whatsapp'
import { settledOutcomeOf } from './settle-outcome.ts'

const send: Send = {
  id: 'row-1',
  message: {},
  replyTo: null,
  waId: '1555',
  userId: null,
  attempt: 1,
  failures: 2,
  priority: 'reply',
  sendAfterMs: 0,
  createdAt: 0,
  answers: null,
  form: 'free',
}

describe('settledOutcomeOf', () => {
  it.each<[string, SendOutcome, object]>([
    ['accepted', { kind: 'accepted', wamid: 'w' }, { kind: 'accepted', wamid: 'w' }],
    ['in doubt', { kind: 'ambiguous', reason: 'timeout' }, { kind: 'ambiguous', error: 'timeout' }],
    [
      'refused for good',
      { kind: 'rejected', code: 131047, reason: 'window' },
      { kind: 'rejected', error: '131047 window' },
    ],
    [
      'a pair that is too fast: 4^X s',
      { kind: 'retry', scope: 'pair', code: 131056, reason: 'r' },
      { delayMs: 16_000 },
    ],
    [
      'a number that is too fast: all of its lanes',
      { kind: 'retry', scope: 'number', code: 130429, reason: 'r' },
      { delayMs: 1_000, numberDelayMs: 1_000 },
    ],
    [
      'told when to come back',
      { kind: 'retry', scope: 'number', reason: 'r', delayMs: 7_000 },
      { numberDelayMs: 7_000 },
    ],
    ['a line that is down', { kind: 'retry', scope: 'message', reason: 'ECONNREFUSED' }, { delayMs: 4_000 }],
    [
      'a dead token: the number stops',
      { kind: 'pause', code: 190, reason: 'r' },
      { kind: 'retry', numberDelayMs: 30_000 },
    ],
  ])('%s', (_case, outcome, expected) => {
    expect(settledOutcomeOf(outcome, send, () => 1)).toMatchObject(expected)
  })

  it('a line that is down holds nobody else up', () => {
    const settled = settledOutcomeOf({ kind: 'retry', scope: 'message', reason: 'ECONNREFUSED' }, send)
    expect(settled).not.toHaveProperty('numberDelayMs')
  })
})
