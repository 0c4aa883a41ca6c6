import { describe, expect, it } from '@jest/globals'
import { tokensOfAnswer, tokensOfPrompt, tokensOfText } from './count-tokens.ts'
import { usageOf } from './model-use.ts'
import { naiveUses } from './naive-flow.ts'
import { createPrefixCache } from './prefix-cache.ts'
import { costOf, NOTHING, sumOf, transcriptionCostOf } from './prices.ts'

const MODEL = 'openai/gpt-5-mini'
const tokens = (count: number, first = 0) => Array.from({ length: count }, (_, index) => first + index)

describe('tokens', () => {
  // By tiktoken with o200k_base: https://developers.openai.com/cookbook/examples/how_to_count_tokens_with_tiktoken
  it.each([
    ['antidisestablishmentarianism', 6],
    ['2 + 2 = 4', 7],
    ['お誕生日おめでとう', 8],
    ['', 0],
  ])('of %p are as many as the model reads', (text, count) => expect(tokensOfText(text)).toBe(count))

  it('of a prompt begin with its tools, and are the same up to what differs', () => {
    const tools = [
      {
        function: {
          name: 'help',
          description: 'Helps',
          parameters: { type: 'object' as const, properties: {} },
        },
      },
    ]
    const [one, other] = ['orders', 'next stop'].map((content) =>
      tokensOfPrompt({
        tools,
        messages: [
          { role: 'system', content: 'Be kind.' },
          { role: 'user', content },
        ],
      }),
    )
    const without = tokensOfPrompt({ messages: [{ role: 'system', content: 'Be kind.' }] })
    const same = (one ?? []).findIndex((token, index) => token !== other?.[index])
    expect(same).toBeGreaterThan(without.length)
  })

  it('of an answer are those of its calls, or of its text', () => {
    const answer = (message: object) => ({ choices: [{ message }] })
    const call = { function: { name: 'help', arguments: '{"language":"en"}' } }
    const once = tokensOfAnswer(answer({ content: null, tool_calls: [call] }))
    expect(once).toBeGreaterThan(tokensOfText('help{"language":"en"}'))
    expect(tokensOfAnswer(answer({ content: null, tool_calls: [call, call] }))).toBe(2 * once)
    expect(tokensOfAnswer(answer({ content: 'hello world' }))).toBe(2)
  })
})

describe('the prefix cache', () => {
  it.each([
    ['too short a prompt', 1_023, 0],
    ['the shortest that is kept', 1_024, 1_024],
    ['a step less than one more', 1_151, 1_024],
    ['one step more', 1_152, 1_152],
  ])('has of %s (%i tokens) %i', (_what, length, cached) => {
    const read = createPrefixCache(10)
    expect([read(tokens(length), 0), read(tokens(length), 1)]).toEqual([0, cached])
  })

  it('has what is identical from the start, and nothing behind the first difference', () => {
    const read = createPrefixCache(10)
    read(tokens(2_000), 0)
    expect(read([...tokens(1_200), 7, ...tokens(799, 1_201)], 1)).toBe(1_152)
    expect(read([7, ...tokens(1_999, 1)], 1)).toBe(0)
  })

  it('forgets what nobody has read for as long as it is kept', () => {
    const read = createPrefixCache(10)
    expect([0, 10, 20, 31].map((at) => read(tokens(1_024), at))).toEqual([0, 1_024, 1_024, 0])
  })
})

describe('the bill', () => {
  it('has cached tokens at their own price, and output at the highest', () => {
    const usage = { calls: 1, input: 1_000_000, cached: 600_000, output: 100_000 }
    expect(costOf(usage, MODEL)).toBeCloseTo(0.4 * 0.25 + 0.6 * 0.025 + 0.1 * 2)
    expect(costOf(sumOf([usage, NOTHING, usage]), MODEL)).toBeCloseTo(2 * costOf(usage, MODEL))
    expect(transcriptionCostOf(90, 'openai/whisper-1')).toBeCloseTo(0.009)
    expect(() => costOf(usage, 'somebody/else')).toThrow('no price')
  })

  it('reads calls in the order of the clock', () => {
    const use = { tokens: tokens(1_100), output: 10 }
    expect(
      usageOf(
        [
          { ...use, at: 9 },
          { ...use, at: 0 },
        ],
        10,
      ),
    ).toEqual({ calls: 2, input: 2_200, cached: 1_024, output: 20 })
    expect(
      usageOf(
        [
          { ...use, at: 0 },
          { ...use, at: 0 },
        ],
        0,
      ).cached,
    ).toBe(0)
  })
})

it('the naive flow asks four times about a message, and pays for every word that it writes', () => {
  const prompt = { messages: [{ role: 'system', content: 'Understand.' }] }
  const message = {
    at: 1,
    words: 'orders?',
    intent: { prompt, answerTokens: 20 },
    earlier: [],
    data: '[]',
    reply: 'None today.',
  }
  const [checkIn, intent, compose, checkOut] = naiveUses(message)
  expect(intent).toEqual({ at: 1, tokens: tokensOfPrompt(prompt), output: 20 })
  expect([checkIn?.output, compose?.output, checkOut?.output]).toEqual([1, tokensOfText('None today.'), 1])
  expect(naiveUses(message)).toHaveLength(4)
})
