import { readFileSync } from 'node:fs'
import { expect, it } from '@jest/globals'
import { hostile, outcomeOf } from '@waybill/test-kit/hostile'
import fc from 'fast-check'
import { parse } from 'yaml'
import { readPolicy } from './read-policy.ts'

const shipped = readFileSync(new URL('../../../../infra/guardrails/policy.yaml', import.meta.url), 'utf8')
const content: unknown = parse(shipped)
const bent = fc
  .tuple(fc.nat(shipped.length), fc.nat(40), hostile.text)
  .map(([at, length, text]) => shipped.slice(0, at) + text + shipped.slice(at + length))

it('S6: whatever a policy holds is a policy, or a sentence with its place for each mistake', () => {
  const files = fc.oneof(
    bent,
    hostile.text,
    hostile.variantOf(content).map((it) => JSON.stringify(it) ?? ''),
  )
  fc.assert(
    fc.property(files, (text) => {
      const { value, error } = outcomeOf(() => readPolicy(text, 'policy.yaml').version)
      expect(value ?? error?.message).toMatch(/^(default@[0-9a-f]{12}$|policy\.yaml:\d+:\d+: .)/)
    }),
  )
}, 30_000)
