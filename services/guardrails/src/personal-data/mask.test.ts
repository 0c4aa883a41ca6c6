import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { findPersonalData } from './find-personal-data.ts'
import { mask } from './mask.ts'

const masked = (text: string) => mask(text, findPersonalData(text))

test('names what it hides, and numbers it by kind and value', () => {
  expect(masked('pay with 4539 1488 0343 6467, or call 415-555-0132, or 4539148803436467 again')).toBe(
    'pay with [credit card 1], or call [phone 1], or [credit card 1] again',
  )
  expect(masked('ana@example.com and eva@example.com')).toBe('[email 1] and [email 2]')
  expect(masked('a-b@example.com is not ab@example.com')).toBe('[email 1] is not [email 2]')
})

test('leaves a text without sightings as it is', () =>
  expect(mask('confirm 12345', [])).toBe('confirm 12345'))

test('hides all of two sightings that overlap', () => {
  const sighting = (start: number, end: number) => ({
    check: 'pii' as const,
    kind: 'phone',
    score: 1,
    span: { start, end },
  })
  expect(mask('0123456789', [sighting(4, 8), sighting(2, 6)])).toBe('01[phone 1]89')
})

test('can be undone from the spans, in their order', () => {
  const text = 'call 415-555-0132 or ana@example.com, card 4539 1488 0343 6467'
  const sightings = findPersonalData(text)
  const values = sightings.map(({ span }) => text.slice(span.start, span.end))
  expect(mask(text, sightings).replaceAll(/\[[a-z ]+ \d+\]/g, () => values.shift() ?? '')).toBe(text)
})

test('grows by no more than a placeholder for each sighting', () => {
  const span = fc
    .tuple(fc.nat(200), fc.nat(200))
    .map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }))
  const sighting = fc.record({
    check: fc.constantFrom('pii' as const, 'secret' as const),
    kind: fc.constantFrom('driver_licence', 'phone'),
    score: fc.constant(1),
    span,
  })
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.array(sighting), (text, sightings) => {
      expect(mask(text, sightings).length).toBeLessThanOrEqual(
        text.length + sightings.length * '[driver licence 99]'.length,
      )
    }),
  )
})
