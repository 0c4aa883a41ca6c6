import { readFileSync } from 'node:fs'
import { expect, it } from '@jest/globals'
import { hostile } from '@waybill/test-kit/hostile'
import fc from 'fast-check'
import { loadClassifiers } from './classifier/classifiers.ts'
import { createLook } from './look.ts'
import { SOURCES } from './policy/policy-schema.ts'
import { readPolicy } from './policy/read-policy.ts'

const file = new URL('../../../infra/guardrails/policy.yaml', import.meta.url)
const policy = readPolicy(readFileSync(file, 'utf8'), 'policy.yaml')
const look = createLook(loadClassifiers())

it('S12: whatever comes in or goes out is looked at, and what is seen is in it', () => {
  const texts = fc.tuple(hostile.text, hostile.text, hostile.text)
  fc.assert(
    fc.property(texts, hostile.json, fc.constantFrom(...SOURCES), ([text, fact, language], facts, source) => {
      const given = {
        text,
        facts: JSON.parse(JSON.stringify([facts, { now: facts, today: fact, [fact]: fact }])),
        permissions: [],
      }
      const seen = [
        ...look.input({ text, source }, policy),
        ...look.input({ text, source, language }, policy),
        ...look.output({ ...given, timeZone: fact, language }, policy).sightings,
      ]
      for (const { span, score } of seen) {
        expect(span.start >= 0 && span.start <= span.end && span.end <= text.length).toBe(true)
        expect(score >= 0 && score <= 1).toBe(true)
      }
    }),
  )
}, 60_000)
