import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { growthOf } from '@waybill/test-kit'
import type { Check, Sighting } from '../finding.ts'
import { matchRules } from './match-rules.ts'
import { readPolicy } from './read-policy.ts'

const shipped = readFileSync(new URL('fixtures/policy.yaml', import.meta.url), 'utf8')
const RULES = `patterns:
  deny:
    - { name: rival, pattern: '(?i)\\bfast\\s?ship\\b', severity: warn }
    - { name: tip, pattern: gorjeta, severity: log, languages: [pt] }
  allow:
    - { name: hotline, pattern: '\\+1 ?800 ?555 ?0199', checks: [pii] }
    - { name: partner, pattern: Fastship Partners, checks: [pattern] }
topics:
  deny:
    - { name: politics, severity: warn, words: { en: [election, trade union], pt: [Eleição] } }
  allow:
    - { name: payslip, words: { en: [payslip], pt: [holerite] } }
`
const policy = readPolicy(
  shipped.slice(0, shipped.indexOf('patterns:\n')) + RULES + shipped.slice(shipped.indexOf('suspend:')),
  'policy.yaml',
)

function look(
  text: string,
  { sightings = [], language }: { sightings?: Sighting[]; language?: string } = {},
) {
  const normalised = { text, spanOf: (span: Sighting['span']) => span }
  return matchRules(sightings, { text, normalised, language }, policy)
}
const denied = (text: string, language?: string) =>
  look(text, { ...(language && { language }) }).map(({ kind, span }) => [
    kind,
    text.slice(span.start, span.end),
  ])
const seen = (check: Check, text: string, piece: string): Sighting => {
  const start = text.indexOf(piece)
  return { check, score: 1, span: { start, end: start + piece.length } }
}

describe("a policy's own rules", () => {
  it.each([
    ['Call FastShip now', undefined, [['rival', 'FastShip']]],
    [
      '😀\ud800 fast ship, FASTSHIP',
      undefined,
      [
        ['rival', 'fast ship'],
        ['rival', 'FASTSHIP'],
      ],
    ],
    ['breakfastship', undefined, []],
    ['by Fastship Partners', undefined, []],
    ['uma gorjeta', 'pt-BR', [['tip', 'gorjeta']]],
    ['uma gorjeta', undefined, [['tip', 'gorjeta']]],
    ['uma gorjeta', 'en', []],
    ['The TRADE  union!', 'en', [['topic:politics', 'TRADE  union']]],
    ['a trade, a union', 'en', []],
    ['tradeunion', 'en', []],
    ['as ELEICAO', 'pt', [['topic:politics', 'ELEICAO']]],
    ['as eleição', undefined, [['topic:politics', 'eleição']]],
    ['as eleição', 'en', []],
  ])('deny: %j in %s', (text, language, found) => {
    expect(denied(text, language)).toEqual(found)
  })

  it('allow what stands within a match, to the checks that are named', () => {
    const text = 'the hotline is +1 800 555 0199, mine is +1 212 555 0100'
    const hotline = seen('pii', text, '+1 800 555 0199')
    const mine = seen('pii', text, '+1 212 555 0100')
    const asSecret = seen('secret', text, '800 555 0199')
    const more = seen('pii', text, 'is +1 800')
    expect(look(text, { sightings: [hotline, mine, asSecret, more] })).toEqual([mine, asSecret, more])
  })

  it('take what speaks of an allowed topic for within scope, and lets other checks be', () => {
    const text = 'where is my payslip'
    const [scope, injection] = [seen('scope', text, text), seen('injection', text, 'my')]
    expect(look(text, { sightings: [scope, injection] })).toEqual([injection])
    expect(look(text, { sightings: [scope], language: 'pt' })).toEqual([scope])
  })

  it.each(['fast ', 'fastship ', 'trade ', 'trade union ', 'a', '\ud800', '+1 800 555 ', '\u0301'])(
    'take time in proportion to the length: %j',
    (piece) => expect(growthOf(look, piece)).toBeLessThan(8),
  )
})
