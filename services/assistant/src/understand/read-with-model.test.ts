import { expect, it } from '@jest/globals'
import { EMPTY_SESSION } from '../session/session.ts'
import type { ModelQuestion } from './ask-model.ts'
import type { Reading } from './read-model-answer.ts'
import { createReader, turnBudget } from './read-with-model.ts'

const QUESTION: ModelQuestion = {
  conversationId: 'c',
  wamid: 'w',
  words: 'my orders',
  language: 'en',
  session: EMPTY_SESSION,
  now: 0,
  today: '2026-11-23',
  driver: { id: 'driver-johan', timeZone: 'America/New_York' },
}
const CALLS: Reading = { kind: 'calls', calls: [{ name: 'help', args: {} }], language: undefined }
const BROKEN: Reading = { kind: 'invalid', fault: 'broken-json', why: 'no JSON' }
const DOWN: Reading = { kind: 'unavailable', mayTryAgain: true }

async function reading(answers: Reading[], budget = turnBudget()) {
  const asked: ModelQuestion[] = []
  const read = createReader({
    async ask(question) {
      asked.push(question)
      const answer = answers[asked.length - 1]
      if (!answer) throw new Error('asked too often')
      return {
        reading: answer,
        call: { purpose: 'understand', model: 'm', outcome: answer.kind, latencyMs: 0 },
      }
    },
    onAsked: () => {},
    patienceMs: 1_000,
    random: () => 0,
  })
  const out = await read(QUESTION, budget, AbortSignal.timeout(5_000))
  return { asked, kind: out.reading.kind, outcomes: out.calls.map(({ outcome }) => outcome), budget }
}

it('asks once for a good answer', async () => {
  const { asked, kind, budget } = await reading([CALLS])
  expect([asked.length, kind, budget.modelCalls]).toEqual([1, 'calls', 3])
})

it('tells the model once what was wrong with its answer, and leaves it to the rules then', async () => {
  const mended = await reading([BROKEN, CALLS])
  expect([mended.kind, mended.asked[1]?.correction]).toEqual(['calls', 'no JSON'])
  const broken = await reading([BROKEN, BROKEN])
  expect([broken.kind, broken.outcomes]).toEqual(['invalid', ['invalid', 'invalid']])
})

it('gives more room once to an answer that was cut off', async () => {
  const { asked, kind } = await reading([{ kind: 'empty' }, CALLS])
  expect([kind, asked[0]?.needsRoom, asked[1]?.needsRoom]).toEqual(['calls', undefined, true])
})

it('tries once more what may get better, and nothing else', async () => {
  expect((await reading([DOWN, CALLS])).kind).toBe('calls')
  expect((await reading([DOWN, DOWN])).kind).toBe('unavailable')
  expect((await reading([{ kind: 'unavailable', mayTryAgain: false }])).kind).toBe('unavailable')
  expect((await reading([{ kind: 'refused' }])).kind).toBe('refused')
  expect((await reading([{ kind: 'none' }])).kind).toBe('none')
})

it('makes four calls for a turn at most, whatever its messages ask for', async () => {
  const budget = turnBudget()
  for (const _message of [1, 2, 3]) await reading([BROKEN, BROKEN], budget)
  expect(budget.modelCalls).toBe(0)
  const last = await reading([], budget)
  expect([last.asked.length, last.kind, last.outcomes]).toEqual([0, 'unavailable', []])
})
