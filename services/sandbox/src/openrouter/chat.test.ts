import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { JOHAN, openSandbox, type TestSandbox, until, webhookValue } from '../../test/open-sandbox.ts'

const TOOL = {
  type: 'function',
  function: {
    name: 'get_orders',
    description: "Lists the driver's orders",
    parameters: { type: 'object', properties: {} },
  },
}
const SYSTEM = 'You help delivery drivers. '.repeat(300) // 2,025 tokens
const chat = (text: string, extra = {}) => ({
  model: 'openai/gpt-5-mini',
  messages: [
    { role: 'system', content: SYSTEM },
    { role: 'user', content: `<driver_message>\n${text}\n</driver_message>` },
  ],
  tools: [TOOL],
  reasoning: { effort: 'minimal' },
  max_tokens: 600,
  session_id: 'prompt-1',
  ...extra,
})

describe('OpenRouter', () => {
  let sandbox: TestSandbox
  const clock = { aheadMs: 0 }
  beforeAll(async () => {
    sandbox = await openSandbox({ now: () => Date.now() + clock.aheadMs })
  })
  afterEach(() => {
    clock.aheadMs = 0
    sandbox.world.reset()
  })
  afterAll(() => sandbox[Symbol.asyncDispose]())

  const ask = async (text: string, extra = {}) =>
    (await sandbox.openrouter('/chat/completions', chat(text, extra))).json

  it('answers with a tool call, or with words when no tool fits', async () => {
    const answer = await ask('what are my orders today?')
    expect(answer).toMatchObject({
      object: 'chat.completion',
      model: 'openai/gpt-5-mini',
      provider: 'OpenAI',
    })
    expect(answer.id).toMatch(/^gen-/)
    expect(answer.choices).toMatchObject([
      {
        finish_reason: 'tool_calls',
        message: {
          role: 'assistant',
          content: null,
          tool_calls: [{ type: 'function', function: { name: 'get_orders', arguments: '{}' } }],
        },
      },
    ])
    const [refusal] = (await ask('escreva um poema')).choices
    expect(refusal).toMatchObject({
      finish_reason: 'stop',
      message: { content: expect.stringContaining('pedidos') },
    })
    expect((await ask('my orders', { tool_choice: 'none' })).choices[0].finish_reason).toBe('stop')
  })

  it('answers in words once the tool has', async () => {
    const { messages } = chat('my orders')
    const rest = [
      { role: 'assistant', content: null },
      { role: 'tool', content: '3 orders', tool_call_id: 'call_1' },
    ]
    const { choices } = await ask('', { messages: [...messages, ...rest] })
    expect(choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'Done.' } })
  })

  it('counts a prefix of 1,024 tokens and more as cached for ten minutes after its last use', async () => {
    const cached = async (text: string, extra = {}) =>
      (await ask(text, extra)).usage.prompt_tokens_details.cached_tokens
    expect(await cached('my orders')).toBe(0)
    const second = await cached('how many orders do I have')
    expect(second).toBeGreaterThanOrEqual(2_000 - 128)
    expect(second % 128).toBe(0)
    expect(await cached('my orders', { session_id: 'another' })).toBe(0)
    expect(await cached('my orders', { provider: { order: ['openai'] } })).toBe(0)
    clock.aheadMs = 9 * 60 * 1_000
    expect(await cached('my orders')).toBeGreaterThan(0)
    clock.aheadMs = 20 * 60 * 1_000
    expect(await cached('my orders')).toBe(0)
  })

  it('never caches a short prompt', async () => {
    const messages = [{ role: 'user', content: 'my orders' }]
    await ask('', { messages })
    expect((await ask('', { messages })).usage.prompt_tokens_details.cached_tokens).toBe(0)
  })

  it('charges what the model costs, a tenth for what is cached, and adds it up', async () => {
    const { usage } = await ask('my orders')
    expect(usage.cost).toBeCloseTo((usage.prompt_tokens * 0.25 + usage.completion_tokens * 2) / 1e6, 9)
    const { usage: next } = await ask('my orders')
    const cached = next.prompt_tokens_details.cached_tokens
    const fresh = next.prompt_tokens - cached
    expect(next.cost).toBeCloseTo((fresh * 0.25 + cached * 0.025 + next.completion_tokens * 2) / 1e6, 9)
    const { json } = await sandbox.control('GET', '/stats')
    expect(json.openrouter).toMatchObject({
      calls: { 'chat.completions': { 200: 2 } },
      promptTokens: usage.prompt_tokens * 2,
      cachedTokens: cached,
      costUsd: expect.closeTo(usage.cost + next.cost, 9),
    })
  })

  it('comes to nothing when there is no room to think', async () => {
    const { choices, usage } = await ask('my orders', { reasoning: undefined, max_tokens: 50 })
    expect(choices[0]).toMatchObject({ finish_reason: 'length', message: { content: '' } })
    expect(usage).toMatchObject({
      completion_tokens: 50,
      completion_tokens_details: { reasoning_tokens: 50 },
    })
  })

  it.each([
    ['an unknown model', { model: 'acme/none' }, 400],
    ['no messages', { messages: [] }, 400],
    ['a stream', { stream: true }, 400],
  ])('refuses %s', async (_case, extra, status) => {
    const answer = await sandbox.openrouter('/chat/completions', chat('x', extra))
    expect([answer.status, answer.json.error.code]).toEqual([status, status])
    expect(answer.json.error.metadata.error_type).toBe('invalid_request')
  })

  it('wants the key', async () => {
    const { status, json } = await sandbox.call('POST', '/openrouter/api/v1/chat/completions', chat('x'))
    expect([status, json.error.metadata.error_type]).toEqual([401, 'authentication'])
  })

  it('thinks as long as it is told', async () => {
    await sandbox.control('PUT', '/faults/openrouter', { latencyMs: 60 })
    const startedAt = performance.now()
    await ask('my orders')
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(58)
  })

  it('hears what a voice note says', async () => {
    await sandbox.control('POST', `/drivers/${JOHAN}/messages`, {
      type: 'audio',
      audio: { transcript: 'where do I go next?' },
    })
    const webhook = await until('the webhook', () =>
      sandbox.webhooks.find((it) => webhookValue(it).messages?.[0].type === 'audio'),
    )
    const { audio } = webhookValue(webhook).messages[0]
    expect(audio).toEqual({
      id: expect.any(String),
      mime_type: 'audio/ogg; codecs=opus',
      sha256: expect.stringMatching(/^.{43}=$/),
      voice: true,
    })
    const { json: medium } = await sandbox.graph('GET', `/${audio.id}`)
    const bytes = await (
      await fetch(medium.url, { headers: { authorization: 'Bearer EAAtoken' } })
    ).arrayBuffer()
    const { json } = await sandbox.openrouter('/audio/transcriptions', {
      model: 'openai/whisper-1',
      input_audio: { data: Buffer.from(bytes).toString('base64'), format: 'ogg' },
    })
    expect(json).toMatchObject({ text: 'where do I go next?', usage: { cost: expect.any(Number) } })
  })
})
