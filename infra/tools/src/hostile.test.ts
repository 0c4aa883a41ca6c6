import { expect, it } from '@jest/globals'
import { growthOf } from '@waybill/test-kit'
import { hostile, outcomeOf } from '@waybill/test-kit/hostile'
import fc from 'fast-check'
import { readDrivers } from './driver-file.ts'
import { readFaq } from './faq-file.ts'

const DRIVER = {
  ...{
    id: 'driver-johan',
    name: 'Johan',
    phone: '+1 212 555 0101',
    userId: 'US.1',
    status: 'active',
    language: 'en',
  },
  ...{
    timeZone: 'America/New_York',
    checkInAt: '09:00',
    checkInUntil: '11:00',
    permissions: ['customer-phone'],
  },
}

it('S6: whatever a file of drivers holds is drivers, or sentences about rows', () => {
  const files = fc
    .oneof(fc.array(hostile.variantOf(DRIVER), { maxLength: 3 }), hostile.json)
    .map((it) => JSON.stringify(it))
  fc.assert(
    fc.property(fc.oneof(files, hostile.text), (file) => {
      const { value = [], error } = outcomeOf(() => readDrivers(file))
      expect(error?.message ?? 'row 1').toMatch(
        /^(not JSON: |not a list of drivers|there is no driver in it|row \d)/,
      )
      for (const { phone = '1234567', timeZone } of value) {
        expect(phone).toMatch(/^[1-9]\d{6,14}$/)
        expect(timeZone).not.toBe('')
      }
    }),
  )
})

it('S6: whatever a FAQ holds is questions with answers, or sentences about them', () => {
  const files = fc.array(fc.oneof(hostile.text, fc.constantFrom('## Where?\n', '- where\n', '\nThere.\n')), {
    maxLength: 12,
  })
  fc.assert(
    fc.property(files, (pieces) => {
      const { value = [], error } = outcomeOf(() => readFaq(pieces.join(''), 'en.md'))
      expect(error?.message ?? 'en.md: ').toMatch(/^en\.md: /)
      for (const { title, answer } of value) expect(title && answer).not.toBe('')
    }),
  )
})

it.each(['[', '](', '[a](', '**', '* ', '\n- ', 'a\n'])(
  'S6: reads a FAQ of many %j in time in proportion',
  (piece) => {
    expect(growthOf((text) => outcomeOf(() => readFaq(`## A\n${text}`, 'en.md')), piece)).toBeLessThan(10)
  },
)
