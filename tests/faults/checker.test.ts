import { describe, expect, it } from '@jest/globals'
import { check, isGreen, type Wrong } from './checker.ts'
import type { Event } from './history.ts'

const PHONE = '15550200001'
const CONVERSATION = `42:${PHONE}`

/** One message, its turn and its reply, and what is changed about them. */
function exchange(n: number, changed: { inbound?: object; turn?: object; shown?: object[] } = {}): Event[] {
  const at = n * 1_000
  return [
    { kind: 'message', at, wamid: `w${n}`, phone: PHONE },
    { kind: 'post', at, tookMs: 3, wamids: [`w${n}`], status: 200 },
    {
      ...{ kind: 'inbound', wamid: `w${n}`, conversation: CONVERSATION, status: 'answered', turn: `t${n}` },
      ...{ sentAt: at, receivedUs: at * 1_000, position: 0, recordedUs: at * 1_000 + 1 },
      ...changed.inbound,
    },
    {
      ...{ kind: 'turn', id: `t${n}`, conversation: CONVERSATION, epoch: n, committedUs: at * 1_000 + 2 },
      ...{ audits: 1, modelCalls: 0, ...changed.turn },
    },
    {
      ...{ kind: 'reply', id: `r${n}`, turn: `t${n}`, conversation: CONVERSATION, seq: n, state: 'read' },
      ...{ isBroadcast: false, acceptedAt: at + 5 },
    },
    ...(changed.shown ?? [{}]).map(
      (it): Event => ({
        ...{ kind: 'shown', reply: `r${n}`, wamid: `o${n}`, phone: PHONE, at: at + 5, cursor: n },
        ...it,
      }),
    ),
  ]
}

const run = (...events: Event[]): Event[] => [
  { kind: 'run', at: 0, fault: 'none', seed: 1, seconds: 1, allows: [] },
  ...events,
  { kind: 'healed', at: 9_000 },
  { kind: 'drained', at: 9_500, left: [] },
]
const without = (kind: Event['kind'], events: Event[]) => events.filter((event) => event.kind !== kind)

describe('the checker', () => {
  it('finds nothing where nothing is wrong', () => {
    const verdict = check(run(...exchange(1), ...exchange(2)))
    expect(isGreen(verdict)).toBe(true)
    expect(verdict).toMatchObject({
      messages: 2,
      recovered: 0,
      late: 0,
      drainedMs: 500,
      answer: { maxMs: 5 },
    })
  })

  it.each<[Wrong, string, Event[]]>([
    ['lost', 'a message without a row', run(...exchange(1).slice(0, 2))],
    [
      'lost',
      'a message that still waits',
      run(...exchange(1, { inbound: { status: 'waiting', turn: null } }).slice(0, 3)),
    ],
    ['unexpected', 'a row that nobody wrote', run(...without('message', exchange(1)))],
    [
      'unexpected',
      'a bubble without a reply',
      run(...exchange(1, { shown: [{}, { reply: 'r9', cursor: 2 }] })),
    ],
    [
      'duplicated',
      'a reply that is shown twice',
      run(...exchange(1, { shown: [{}, { wamid: 'o1b', cursor: 2 }] })),
    ],
    [
      'duplicated',
      'a second turn over the same message',
      run(...exchange(1), { ...exchange(1)[3], id: 't1b' } as Event),
    ],
    [
      'duplicated',
      'a command that is done twice',
      run(
        { kind: 'command', id: 'c1', state: 'done' },
        { kind: 'write', key: 'c1', action: 'confirm' },
        { kind: 'write', key: 'c1', action: 'confirm' },
      ),
    ],
    ['duplicated', 'a write that nobody ordered', run({ kind: 'write', key: null, action: 'confirm' })],
    [
      'reordered',
      'an older message, there in time, that is answered after a newer one',
      run(...exchange(1, { turn: { committedUs: 3_000_000, epoch: 9 } }), ...exchange(2)),
    ],
    [
      'reordered',
      'a turn of an epoch that is over',
      run(...exchange(1, { turn: { epoch: 5 } }), ...exchange(2, { turn: { epoch: 4 } })),
    ],
    [
      'reordered',
      'replies that are shown in another order',
      run(...exchange(1, { shown: [{ cursor: 7 }] }), ...exchange(2)),
    ],
    ['unanswered', 'a turn of which the phone shows nothing', run(...exchange(1, { shown: [] }))],
    ['dead', 'a dead letter', run({ kind: 'dead', queue: 'intake.webhook-received.dead', count: 1 })],
    [
      'crashed',
      'a process that ended by itself',
      run({ kind: 'crash', at: 1, process: 'sender-1', reason: 'exit code 1' }),
    ],
    [
      'leaked',
      'a phone number in a log',
      run({ kind: 'leak', file: 'intake-1.log', what: 'a phone number' }),
    ],
    ['misbehaved', 'a turn that asks and asks', run(...exchange(1, { turn: { modelCalls: 5 } }))],
    ['unaudited', 'a turn that is not on record', run(...exchange(1, { turn: { audits: 0 } }))],
    [
      'undrained',
      'what is left',
      [...run().slice(0, -1), { kind: 'drained', at: 1, left: ['1 replies pending'] }],
    ],
  ])('calls %s: %s', (word, _what, events) => {
    const { wrong } = check(events)
    expect(Object.entries(wrong).flatMap(([name, found]) => (found.length > 0 ? [name] : []))).toEqual([word])
  })

  it('calls late, and not out of order, what was recorded after a newer one', () => {
    const late = { inbound: { recordedUs: 2_500_000 }, turn: { committedUs: 3_000_000, epoch: 9 } }
    const verdict = check(run(...exchange(1, late), ...exchange(2)))
    expect([verdict.late, verdict.wrong.reordered]).toEqual([1, []])
  })

  it('calls recovered what was never acknowledged and yet processed', () => {
    expect(check(run(...without('post', exchange(1))))).toMatchObject({ recovered: 1 })
  })

  it('lets a fault allow what it is about', () => {
    const [start, ...rest] = run({ kind: 'crash', at: 1, process: 'sender-1', reason: 'SIGABRT' })
    expect(isGreen(check([{ ...start, allows: ['crashed'] } as Event, ...rest]))).toBe(true)
  })
})
