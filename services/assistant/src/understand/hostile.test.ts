import { describe, expect, it } from '@jest/globals'
import { ModelError } from '@waybill/openrouter'
import { hostile, outcomeOf } from '@waybill/test-kit/hostile'
import fc from 'fast-check'
import { TOOLS } from '../tools/catalogue.ts'
import { readModelAnswer, readUsage } from './read-model-answer.ts'

const ARGUMENTS = [
  { language: 'en' },
  { order_ref: '12345', language: 'pt' },
  { reason: 'My truck is broken' },
  { question: 'Where do I park?', language: 'es' },
  { order_ref: '12345', status: 'delivered', place: 'door', minutes: 10 },
]
const answerOf = (calls: readonly (readonly [string, string])[], more: object = {}) => ({
  model: 'openai/gpt-5-mini',
  choices: [
    {
      finish_reason: 'tool_calls',
      message: {
        content: null,
        tool_calls: calls.map(([name, args]) => ({ function: { name, arguments: args } })),
      },
    },
  ],
  usage: { prompt_tokens: 1, completion_tokens: 1, cost: 0.1, prompt_tokens_details: { cached_tokens: 1 } },
  ...more,
})
const names = fc.oneof(fc.constantFrom(...TOOLS.map(({ name }) => name)), hostile.text)
const args = fc.oneof(
  fc
    .constantFrom(...ARGUMENTS)
    .chain(hostile.variantOf)
    .map((it) => JSON.stringify(it) ?? ''),
  fc.constantFrom(...ARGUMENTS).map((it) => JSON.stringify({ ...it, driver_id: 'driver-maria' })),
  hostile.text,
)
const calls = fc.array(fc.tuple(names, args), { maxLength: 4 })
const bodies = fc.oneof(
  calls.map((it) => answerOf(it)),
  calls.chain((it) => hostile.variantOf(answerOf(it))),
  hostile.json,
)

describe('whatever the model answers', () => {
  it('S12: is calls that a tool takes, or known for what it is not', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const { value, error } = outcomeOf(() => readModelAnswer(body).reading)
        expect(error ?? new ModelError('none')).toBeInstanceOf(ModelError)
        const taken = value?.kind === 'calls' ? value.calls : []
        expect(taken.length).toBeLessThanOrEqual(3)
        for (const call of taken) {
          const tool = TOOLS.find(({ name }) => name === call.name)
          expect(tool?.bind(call.args)).toBeDefined()
          expect(call.args).not.toHaveProperty('driver_id')
          for (const text of Object.values(call.args)) expect(String(text).length).toBeLessThanOrEqual(2_000)
        }
      }),
    )
  })

  it('S12: what it says that it has cost can be added up', () => {
    fc.assert(
      fc.property(hostile.variantOf(answerOf([])), (body) => {
        const { promptTokens = 0, cachedTokens = 0, completionTokens = 0, costUsd = 0 } = readUsage(body)
        for (const tokens of [promptTokens, cachedTokens, completionTokens]) {
          expect(Number.isSafeInteger(tokens)).toBe(true)
          expect(tokens).toBeLessThan(2 ** 31)
        }
        expect(costUsd).toBeLessThan(10_000)
      }),
    )
  })
})
