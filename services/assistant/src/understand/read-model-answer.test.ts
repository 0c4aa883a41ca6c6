import { describe, expect, it } from '@jest/globals'
import { readModelAnswer } from './read-model-answer.ts'

const answering = (...calls: [string, string][]) => ({
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
  usage: {
    prompt_tokens: 1_700,
    completion_tokens: 12,
    cost: 0.0001,
    prompt_tokens_details: { cached_tokens: 1_536 },
  },
})
const text = (content: string | null, reason = 'stop') => ({
  choices: [{ finish_reason: reason, message: { content } }],
})

describe('readings', () => {
  it.each([
    [
      'a call',
      answering(['get_orders', '{"language":"pt"}']),
      { kind: 'calls', calls: [{ name: 'get_orders', args: { language: 'pt' } }], language: 'pt' },
    ],
    [
      'a call without arguments',
      answering(['help', '']),
      { kind: 'calls', calls: [{ name: 'help', args: {} }], language: undefined },
    ],
    [
      'an unknown tool',
      answering(['drop_tables', '{}']),
      { kind: 'invalid', fault: 'unknown-tool', why: 'there is no tool of that name' },
    ],
    [
      'an argument that no tool takes',
      answering(['get_orders', '{"driver_id":"driver-maria"}']),
      {
        kind: 'invalid',
        fault: 'arguments',
        why: 'get_orders does not take these arguments (arguments: unrecognized_keys)',
      },
    ],
    [
      'broken JSON',
      answering(['get_orders', '{"language":']),
      { kind: 'invalid', fault: 'broken-json', why: 'the arguments of get_orders were no JSON object' },
    ],
    [
      'arguments that are a list',
      answering(['get_orders', '[]']),
      expect.objectContaining({ kind: 'invalid', fault: 'broken-json' }),
    ],
    [
      'an argument of the wrong type',
      answering(['confirm_order', '{"order_ref":12345}']),
      {
        kind: 'invalid',
        fault: 'arguments',
        why: 'confirm_order does not take these arguments (order_ref: invalid_type)',
      },
    ],
    [
      'a good call beside a bad one',
      answering(['help', '{}'], ['nope', '{}']),
      expect.objectContaining({ kind: 'invalid', fault: 'unknown-tool' }),
    ],
    [
      'more calls than one message can mean',
      answering(['help', '{}'], ['help', '{}'], ['help', '{}'], ['help', '{}']),
      { kind: 'invalid', fault: 'too-many', why: 'call at most 3 tools' },
    ],
    ['free text', text('You have 7 orders!'), { kind: 'none' }],
    ['nothing', text(''), { kind: 'empty' }],
    ['an answer that was cut off before it began', text(null, 'length'), { kind: 'empty' }],
    ['words that were cut off', text('You have', 'length'), { kind: 'empty' }],
  ])('%s', (_case, body, reading) => {
    expect(readModelAnswer(body).reading).toEqual(reading)
  })
})

it('counts tokens and cost', () => {
  expect(readModelAnswer(answering(['help', '{}'])).usage).toEqual({
    model: 'openai/gpt-5-mini',
    promptTokens: 1_700,
    cachedTokens: 1_536,
    completionTokens: 12,
    costUsd: 0.0001,
  })
})

it.each([
  ['an error inside a 200', { error: { code: 502, message: 'provider is down' } }],
  ['no choices', { choices: [] }],
  ['nothing', undefined],
  ['text instead of JSON', '<html>'],
  ['a failure in the middle', text('You', 'error')],
])('%s is no answer', (_case, body) => {
  expect(() => readModelAnswer(body)).toThrow(Error)
})
