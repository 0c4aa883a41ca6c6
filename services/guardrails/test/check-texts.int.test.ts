import { copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { eventually } from '@waybill/test-kit'
import { z } from 'zod'
import { loadConfig } from '../src/config.ts'
import { startService } from '../src/service.ts'

const SHIPPED = fileURLToPath(new URL('../../../infra/guardrails/policy.yaml', import.meta.url))
const TOKEN = 'a-token-of-the-tests-of-32-characters'
const refusal = z.strictObject({ error: z.strictObject({ code: z.string(), message: z.string() }) })

let dir: string
let opened: AsyncDisposableStack
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'guardrails-'))
  copyFileSync(SHIPPED, join(dir, 'policy.yaml'))
  opened = new AsyncDisposableStack()
  opened.defer(() => rmSync(dir, { recursive: true }))
})
afterEach(async () => {
  await opened.disposeAsync()
})

async function startGuardrails(env: Record<string, string> = {}) {
  const service = await startService(
    loadConfig({
      PROFILE: 'sandbox',
      INSTANCE: 'guardrails-1',
      PORT: '0',
      LOG_LEVEL: 'silent',
      GUARDRAILS_POLICY_DIR: dir,
      ...env,
    }),
  )
  opened.use(service)
  async function ask(path: string, body?: unknown, headers: Record<string, string> = {}) {
    const answer = await fetch(`${service.url}${path}`, {
      ...(body !== undefined && {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    })
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, text, json: (): unknown => JSON.parse(text) }
  }
  async function refused(path: string, body?: unknown, headers?: Record<string, string>) {
    const answer = await ask(path, body, headers)
    return { status: answer.status, ...refusal.parse(answer.json()).error }
  }
  return { ask, refused }
}

const output = { text: 'It is order 12345.', facts: ['12345'], permissions: ['read_orders'] }

describe('guardrails', () => {
  it('answers every route, a batch in its order', async () => {
    const { ask } = await startGuardrails()
    const allowed = (text: string) => ({
      ...{ action: 'allow', text, findings: [], tellDispatch: false, store: 'nothing' },
      policyVersion: expect.stringMatching(/^default@[0-9a-f]{12}$/),
    })
    const hostile = 'a\u0000\ud800\u202e\u200b'
    expect(
      (await ask('/v1/check/input', { text: hostile, language: 'pt-BR', source: 'caption' })).json(),
    ).toEqual(allowed(hostile))
    expect((await ask('/v1/check/output', { ...output, fallback: 'Ask me again.' })).json()).toEqual(
      allowed(output.text),
    )
    const many = Array.from({ length: 100 }, (_, index) => `message ${index}`)
    expect((await ask('/v1/check/input/batch', { checks: many.map((text) => ({ text })) })).json()).toEqual({
      verdicts: many.map(allowed),
    })
    expect(
      (await ask('/v1/check/output/batch', { checks: [output, { ...output, text: 'It is.' }] })).json(),
    ).toEqual({
      verdicts: [allowed(output.text), allowed('It is.')],
    })
    expect((await ask('/v1/policy')).json()).toMatchObject({
      policyVersion: expect.stringMatching(/^default@/),
      whenUnreachable: { injection: 'minimum', grounding: 'block', scope: 'allow' },
      suspend: { after: 5, withinMs: 3_600_000 },
    })
    const { text } = await ask('/metrics')
    expect(text).toMatch(/^waybill_guardrails_checks_total\{direction="input",action="allow",.*\} 101$/m)
    expect(text).toMatch(/^waybill_guardrails_check_seconds_count\{.*direction="output".*\} 3$/m)
    expect(text).toMatch(/^waybill_guardrails_policy_loaded_timestamp_seconds\{policy="default",.*\} \d/m)
    expect(text).not.toContain('message 1')
  })

  it('describes every route as it is', async () => {
    const { ask } = await startGuardrails()
    expect((await ask('/openapi.json')).json()).toMatchObject({
      openapi: '3.1.1',
      paths: {
        '/v1/check/input': {
          post: {
            requestBody: { content: { 'application/json': { schema: { required: ['text'] } } } },
            responses: { 200: { content: { 'application/json': { schema: { type: 'object' } } } } },
          },
        },
        '/v1/check/output': { post: {} },
        '/v1/check/input/batch': { post: {} },
        '/v1/check/output/batch': { post: {} },
        '/v1/policy': { get: { parameters: [{ name: 'tenant', in: 'query', required: false }] } },
      },
    })
  })

  it.each([
    ['/v1/check/input', {}, 400, 'text: is required'],
    ['/v1/check/input', { text: 1 }, 400, 'text: Invalid input: expected string, received number'],
    ['/v1/check/input', { text: 'a', txt: 'b' }, 400, 'txt: there is no such field'],
    [
      '/v1/check/input',
      { text: 'a', source: 'mail' },
      400,
      'source: Invalid option: expected one of "driver"|"order_note"|"caption"|"transcript"|"tool_result"|"file_name"',
    ],
    [
      '/v1/check/input',
      { text: 'a', language: 'english!' },
      400,
      'language: must be a language tag as in BCP 47: en, pt-BR',
    ],
    ['/v1/check/input', { text: 'a'.repeat(65_537) }, 400, 'text: has more than 65536 characters'],
    ['/v1/check/input', 'a'.repeat(600_000), 413, 'the body has more than 524288 bytes'],
    ['/v1/check/input', '{', 400, "Body is not valid JSON but content-type is set to 'application/json'"],
    ['/v1/check/input', '[]', 400, 'body: Invalid input: expected object, received array'],
    ['/v1/check/output', { text: 'a' }, 400, 'facts: is required; permissions: is required'],
    [
      '/v1/check/output',
      { ...output, permissions: ['a', 2] },
      400,
      'permissions[1]: Invalid input: expected string, received number',
    ],
    ['/v1/check/input/batch', { checks: [] }, 400, expect.stringMatching(/^checks: /)],
    [
      '/v1/check/input/batch',
      { checks: Array.from({ length: 101 }, () => ({ text: 'a' })) },
      400,
      'checks: has more than 100 entries',
    ],
    [
      '/v1/check/output/batch',
      { checks: [output, { ...output, text: undefined }] },
      400,
      'checks[1].text: is required',
    ],
    ['/v1/check', { text: 'a' }, 404, 'there is no such route'],
  ])('refuses what is wrong for %s by the name of the field', async (path, body, status, message) => {
    const { refused } = await startGuardrails()
    expect(await refused(path, body)).toMatchObject({ status, message })
  })

  it('takes the longest text, escaped at its worst', async () => {
    const { ask } = await startGuardrails()
    const body = `{"text":"${'\\ud83d'.repeat(65_536)}"}`
    expect(await ask('/v1/check/input', body)).toMatchObject({ status: 200 })
  })

  it('tells of a language that the policy does not name', async () => {
    const named = readFileSync(SHIPPED, 'utf8').replace('allowed: [] # as', 'allowed: [en, pt, es] # as')
    writeFileSync(join(dir, 'policy.yaml'), named)
    const { ask } = await startGuardrails()
    const text = 'Bonjour, quelles sont mes livraisons de cet après-midi ?'
    expect((await ask('/v1/check/input', { text })).json()).toMatchObject({
      findings: expect.arrayContaining([
        expect.objectContaining({ check: 'language', kind: 'fr', severity: 'warn' }),
      ]),
    })
  })

  it('lets nobody in without the token, where there is one', async () => {
    const { ask, refused } = await startGuardrails({ GUARDRAILS_TOKEN: TOKEN })
    const body = { text: 'a' }
    for (const authorization of ['', 'Bearer', `Bearer ${TOKEN}x`, TOKEN]) {
      const answer = await refused('/v1/check/input', body, authorization ? { authorization } : {})
      expect(answer).toEqual({ status: 401, code: 'unauthorized', message: 'a bearer token is needed' })
    }
    expect(await refused('/v1/policy')).toMatchObject({ status: 401 })
    expect(await ask('/v1/check/input', body, { authorization: `Bearer ${TOKEN}` })).toMatchObject({
      status: 200,
    })
    for (const path of ['/openapi.json', '/live', '/ready', '/metrics'])
      expect(await ask(path)).toMatchObject({ status: 200 })
  })

  it('decides by a new policy without a restart, and by the one before while the new one is broken', async () => {
    const { ask } = await startGuardrails()
    const versionOf = async (tenant?: string) =>
      z
        .looseObject({ policyVersion: z.string() })
        .parse((await ask('/v1/check/input', { text: 'a', tenant })).json()).policyVersion
    const first = await versionOf()
    const exchange = (from: string, to: string) => {
      writeFileSync(join(dir, 'new'), readFileSync(SHIPPED, 'utf8').replace(from, to))
      renameSync(join(dir, 'new'), join(dir, 'policy.yaml'))
    }
    exchange('after: 5', 'after: five')
    await eventually(
      async () => (await ask('/metrics')).text.includes('reload_failures_total{policy="default",'),
      { what: 'the failure to be counted' },
    )
    expect(await versionOf()).toBe(first)
    exchange('after: 5', 'after: 6')
    await eventually(async () => (await versionOf()) !== first, { what: 'the new policy' })
    exchange('after: 5', 'after: 5')
    await eventually(async () => (await versionOf()) === first, { what: 'the first policy' })
    copyFileSync(SHIPPED, join(dir, 'acme.policy.yaml'))
    await eventually(async () => (await versionOf('acme')).startsWith('acme@'), {
      what: "the tenant's policy",
    })
    expect(await versionOf('other')).toBe(first)
  })

  it('does not start with a broken policy', async () => {
    writeFileSync(join(dir, 'policy.yaml'), 'version: 2')
    await expect(startGuardrails()).rejects.toThrow(
      /policy\.yaml:1:10: version: 2 is not allowed; allowed: 1/,
    )
  })
})
