import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import type { Check, Sighting } from '../finding.ts'
import { type Asked, decide } from './decide.ts'
import { readPolicy } from './read-policy.ts'

const SAMPLE = readFileSync(new URL('fixtures/policy.yaml', import.meta.url), 'utf8')
const policy = readPolicy(SAMPLE, 'policy.yaml')
const rules = readPolicy(
  SAMPLE.replace('deny: []', 'deny: [{ name: rival, pattern: fastship, severity: block }]'),
  'policy.yaml',
)

const seen = (check: Check, score = 1, kind?: string): Sighting => ({
  ...{ check, score, span: { start: 0, end: 3 } },
  ...(kind !== undefined && { kind }),
})
const input = (more: Partial<Asked> = {}): Asked => ({ direction: 'input', ...more })
const output = (more: Partial<Asked> = {}): Asked => ({ direction: 'output', ...more })

describe('a decision', () => {
  it.each([
    ['nothing was seen', [], input(), 'allow', []],
    ['a score below the threshold', [seen('injection', 0.49)], input(), 'allow', []],
    ['the lowest step', [seen('injection', 0.5)], input(), 'allow', ['log']],
    ['a step between', [seen('injection', 0.75)], input(), 'warn', ['warn']],
    ['the highest step', [seen('injection', 0.9)], input(), 'block', ['block']],
    [
      'a source that is stricter',
      [seen('injection', 0.7)],
      input({ source: 'order_note' }),
      'block',
      ['block'],
    ],
    ['a source that is milder', [seen('injection', 0.55)], input({ source: 'transcript' }), 'allow', []],
    ['the same, by the driver', [seen('injection', 0.55)], input({ source: 'driver' }), 'allow', ['log']],
    ['a check that is off there', [seen('length')], input({ source: 'tool_result' }), 'allow', []],
    ['personal data that comes in', [seen('pii')], input(), 'allow', ['log']],
    ['personal data that goes out', [seen('pii')], output(), 'block', ['block']],
    ['the same, with a fallback', [seen('pii')], output({ hasFallback: true }), 'replace', ['block']],
    ['a warning, with a fallback', [seen('language')], output({ hasFallback: true }), 'warn', ['warn']],
    [
      'the worst of several',
      [seen('pii'), seen('injection', 0.95), seen('secret')],
      input(),
      'block',
      ['log', 'block', 'warn'],
    ],
  ] as const)('%s', (_what, sightings, asked, action, severities) => {
    const decision = decide(sightings, policy, asked)
    expect(decision.action).toBe(action)
    expect(decision.findings.map(({ severity }) => severity)).toEqual(severities)
    expect(decision.policyVersion).toBe(policy.version)
  })

  it('logs what is above the threshold and below the first step', () => {
    const text = SAMPLE.replace('threshold: 0.6\n', 'threshold: 0.1\n')
    const { findings } = decide([seen('scope', 0.2)], readPolicy(text, 'policy.yaml'), input())
    expect(findings).toMatchObject([{ check: 'scope', severity: 'log' }])
  })

  it('takes the severity of the rule that denies, and not that of other patterns', () => {
    expect(decide([seen('pattern', 1, 'rival')], rules, input()).action).toBe('block')
    expect(decide([seen('pattern', 1, 'other')], rules, input()).action).toBe('allow')
  })

  it.each([
    [undefined, /^I can't help/],
    ['pt-BR', /^Não posso/],
    ['es_MX', /^No puedo/],
    ['ja', /^I can't help/],
    ['constructor', /^I can't help/],
  ])('speaks to the driver in his language: %s', (language, words) => {
    const { message, suspend } = decide([seen('injection')], policy, input({ language }))
    expect(message).toMatch(words)
    expect(suspend).toMatchObject({ after: 5, withinMs: 3_600_000 })
  })

  it('counts towards a suspension only what a driver is blocked for, not what others wrote', () => {
    expect(decide([seen('injection', 0.8)], policy, input())).not.toHaveProperty('suspend')
    expect(decide([seen('grounding')], policy, output())).not.toHaveProperty('suspend')
    expect(decide([seen('injection')], policy, input({ source: 'order_note' }))).not.toHaveProperty('suspend')
  })

  it('says nothing to the driver of what others or the model wrote', () => {
    expect(decide([seen('grounding')], policy, output())).not.toHaveProperty('message')
    expect(decide([seen('injection')], policy, input({ source: 'tool_result' }))).not.toHaveProperty(
      'message',
    )
  })

  it('tells dispatch of what the policy says, and of nothing else', () => {
    expect(decide([seen('nsfw', 0.95)], policy, input()).tellDispatch).toBe(true)
    expect(decide([seen('nsfw', 0.8)], policy, input()).tellDispatch).toBe(false)
    expect(decide([seen('leak')], policy, output()).tellDispatch).toBe(true)
  })

  it.each([
    ['never', false, ['nothing', 'nothing']],
    ['findings', false, ['nothing', 'text']],
    ['findings', true, ['nothing', 'hash']],
    ['all', false, ['text', 'text']],
    ['all', true, ['hash', 'hash']],
  ] as const)('keeps texts as the policy says: %s, hashed %s', (storeTexts, storeHashed, kept) => {
    const keeping = { ...policy, storeTexts, storeHashed }
    expect([[], [seen('pii')]].map((it) => decide(it, keeping, input()).store)).toEqual(kept)
  })
})
