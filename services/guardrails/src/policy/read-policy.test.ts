import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { readPolicy } from './read-policy.ts'

const SHIPPED = readFileSync(new URL('../../../../infra/guardrails/policy.yaml', import.meta.url), 'utf8')
const SAMPLE = readFileSync(new URL('fixtures/policy.yaml', import.meta.url), 'utf8')

/** The sample with one piece replaced, and in which line that is. */
function changed(from: string, to: string) {
  const offset = SAMPLE.indexOf(from)
  if (offset < 0) throw new Error(`the policy has no ${from}`)
  return { text: SAMPLE.replace(from, to), line: SAMPLE.slice(0, offset).split('\n').length }
}

function problemsIn(text: string): string[] {
  try {
    readPolicy(text, 'acme.policy.yaml')
    return []
  } catch (error) {
    return error instanceof Error ? error.message.split('\n') : []
  }
}

describe('a policy', () => {
  it('that is shipped can be used', () => {
    expect(readPolicy(SHIPPED, 'policy.yaml').name).toBe('default')
  })

  it('is what its file says, every source with its whole level', () => {
    const policy = readPolicy(SAMPLE, 'policy.yaml')
    expect(policy).toMatchObject({ name: 'default', lengthMax: 4_096, languages: [], allowedHosts: [] })
    expect(policy.suspend).toEqual({ after: 5, withinMs: 3_600_000 })
    expect(policy.checks.injection.sources.transcript).toEqual({
      enabled: true,
      threshold: 0.6,
      severity: policy.checks.injection.severity,
    })
    expect(policy.checks.grounding).toMatchObject({
      severity: [{ from: 0, severity: 'block' }],
      whenUnreachable: 'block',
    })
    expect(Object.keys(policy.messages)).toEqual(['en', 'pt', 'es'])
  })

  it('is named by what it says, not by how it is written', () => {
    const { version } = readPolicy(SAMPLE, 'policy.yaml')
    expect(version).toMatch(/^default@[0-9a-f]{12}$/)
    const rewritten = SAMPLE.replace('{ after: 5, within: PT1H }', "{ within: 'PT1H', after: 5 } # an hour")
    expect(rewritten).not.toBe(SAMPLE)
    expect(readPolicy(rewritten, 'policy.yaml').version).toBe(version)
    expect(readPolicy(changed('after: 5', 'after: 6').text, 'policy.yaml').version).not.toBe(version)
    expect(readPolicy(SAMPLE, 'acme.policy.yaml').version).toBe(version.replace('default', 'acme'))
  })

  it.each([
    ['version: 1', 'version: 2', 'version: 2 is not allowed; allowed: 1'],
    [
      'threshold: 0.5',
      'threshold: 1.5',
      'checks.injection.threshold: 1.5 is not allowed; allowed: 1 at most',
    ],
    [
      'threshold: 0.5',
      'threshold: high',
      'checks.injection.threshold: "high" is not allowed; allowed: a number',
    ],
    [
      'severity: warn\n    max',
      'severity: blok\n    max',
      'checks.length.severity: "blok" is not allowed; allowed: log, warn, block, block_and_tell',
    ],
    [
      '{ from: 0.75, severity: warn }',
      '{ from: 0.75, severity: wrn }',
      'checks.injection.severity.1.severity: "wrn" is not allowed; allowed: log, warn, block, block_and_tell',
    ],
    [
      '{ from: 0.75, severity: warn }',
      '{ from: 0.4, severity: warn }',
      'checks.injection.severity.1.from: 0.4 is not allowed; allowed: a score above 0.5, where the step before begins',
    ],
    [
      'transcript: {',
      'transcrpt: {',
      'checks.injection.sources.transcrpt: there is no such field; allowed: driver, order_note, caption, transcript, tool_result, file_name',
    ],
    [
      'when_unreachable: allow',
      'when_unreachable: ignore',
      'checks.scope.when_unreachable: "ignore" is not allowed; allowed: minimum, block, allow',
    ],
    ['max: 4096', 'max: 70000', 'checks.length.max: 70000 is not allowed; allowed: 65536 at most'],
    [
      'allowed_hosts: []',
      'allowed_hosts: [https://example.com/]',
      'checks.url.allowed_hosts.0: "https://example.com/" is not allowed; allowed: a host in small letters without scheme, port and path: example.com, or *.example.com for every host below it',
    ],
    [
      'allowed_hosts: []',
      'allowed_hosts: [*.example.com]',
      '*.example.com: is an alias; allowed: a text that begins with * in quotes',
    ],
    [
      'deny: []',
      "deny: [{ name: x, pattern: '(', severity: warn }]",
      'patterns.deny.0.pattern: "(" is not allowed; error parsing regexp: missing closing ): `(`; allowed: https://github.com/google/re2/wiki/Syntax',
    ],
    [
      'deny: []',
      "deny: [{ name: x, pattern: '(?=a)b', severity: warn }]",
      'patterns.deny.0.pattern: "(?=a)b" is not allowed; error parsing regexp: invalid or unsupported Perl syntax: `(?=`; allowed: https://github.com/google/re2/wiki/Syntax',
    ],
    [
      'deny: []',
      "deny: [{ name: x, pattern: 'a*', severity: warn }]",
      'patterns.deny.0.pattern: "a*" is not allowed; matches the empty text; allowed: what needs a character at least',
    ],
    [
      'deny: []',
      'deny: [{ name: x, pattern: a, severity: log }, { name: x, pattern: b, severity: log }]',
      'patterns.deny.1.name: "x" is not allowed; allowed: a name that no other of these has',
    ],
    [
      'deny: []',
      'deny: [{ name: x, pattern: a }]',
      expect.stringMatching(/^patterns\.deny\.0\.severity: is missing; allowed: log, /),
    ],
    [
      'within: PT1H',
      'within: 1h',
      'suspend.within: "1h" is not allowed; allowed: a duration as in ISO 8601: PT30M, PT1H, P1D',
    ],
    [
      'store_texts: findings',
      'store_texts: some',
      'store_texts: "some" is not allowed; allowed: never, findings, all',
    ],
    [
      'store_hashed',
      'store_hash',
      expect.stringMatching(/^store_hash: there is no such field; allowed: version, checks, /),
    ],
  ])('says where and how %j is wrong as %j', (from, to, sentence) => {
    const { text, line } = changed(from, to)
    const [problem, ...others] = problemsIn(text)
    expect(others).toEqual([])
    const [, at, rest] = /^acme\.policy\.yaml:(\d+):\d+: (.*)$/.exec(problem ?? '') ?? []
    expect(Number(at)).toBe(line)
    expect(rest).toEqual(sentence)
  })

  it('is told all its mistakes at once, in the order of the file', () => {
    const text = SAMPLE.replace('threshold: 0.5', 'threshold: 2')
      .replace('  leak:\n', '  laek:\n')
      .replace('  pt:\n', '  portuguese:\n')
      .concat('version: 1\n')
    const problems = problemsIn(text).map((it) => /:(\d+):\d+: ([^:]+): ([^;]*)/.exec(it)?.slice(1) ?? [it])
    expect(problems.map(([, path, what]) => `${path}: ${what}`)).toEqual([
      'checks.leak: is missing',
      'checks.injection.threshold: 2 is not allowed',
      'checks.laek: there is no such field',
      'messages.pt: is missing',
      'version: stands twice',
    ])
    const lines = problems.map(([line]) => Number(line))
    expect(lines).toEqual(lines.toSorted((a, b) => a - b))
  })

  it.each([
    ['', 'acme.policy.yaml:1:1: the file: null is not allowed; allowed: keys with values'],
    ['- 1', 'acme.policy.yaml:1:1: the file: [1] is not allowed; allowed: keys with values'],
    ['a: [', expect.stringMatching(/^acme\.policy\.yaml:1:5: /)],
    ['a: 1\n---\nb: 2', expect.stringMatching(/^acme\.policy\.yaml:2:1: .*multiple documents/)],
  ])('is not %j', (text, sentence) => {
    const [problem = ''] = problemsIn(text)
    expect(problem).toEqual(sentence)
  })

  // From some depth on the reader of YAML throws what is no error of the file.
  it.each([1_000, 3_000, 3_300])('S6: is not what is nested %i levels deep', (levels) => {
    const problems = problemsIn(
      SHIPPED.replace('      - get_orders\n', ` ${': '.repeat(levels)} - get_orders\n`),
    )
    expect(problems).not.toEqual([])
    for (const problem of problems) expect(problem).toMatch(/^acme\.policy\.yaml:\d+:\d+: /)
  })
})
