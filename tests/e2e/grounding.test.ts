import { describe, expect, it } from '@jest/globals'
import { inventedIn } from './grounding.ts'

const ground = {
  timeZone: 'America/New_York',
  at: Date.parse('2026-11-23T16:10:00-05:00'),
  words: ['I need 7 minutes'],
  orders: [
    {
      id: '12346',
      customer: { name: 'Westside Restaurant', phone: '+12125550124' },
      address: { line: '456 Oak Ave', lat: 40.7527, lng: -73.9772 },
      window: { start: '2026-11-23T14:30:00-05:00', end: '2026-11-23T15:30:00-05:00' },
      items: [{ name: 'Frozen goods box', quantity: 6 }],
    },
  ],
}
const REPLY = [
  '📦 #12346',
  '👤 Customer: Westside Restaurant',
  '📞 Phone: +12125550124',
  '📍 Address: 456 Oak Ave',
  '🕑 Time: 2:30 PM - 3:30 PM',
  '🧾 Items:',
  '   • 6 × Frozen goods box',
].join('\n')

describe('the grounding checker', () => {
  it.each([
    REPLY,
    '1. #12346 - Westside Restaurant (14:30)\n   📍 456 Oak Ave',
    'You said 7 minutes.',
    'Type from 1 to 1.',
    '⚠️ late: until 3:30 PM, 40 minutes ago',
    '⚠️ atrasado: até 15:30, há 1 hora',
  ])('lets through what stands in the data: %s', (text) => expect(inventedIn(text, ground)).toEqual([]))

  const digits = [...REPLY.matchAll(/\d/g)].map(({ index }) => index)
  it.each(digits)('catches the digit at %i, altered', (index) => {
    const altered = `${REPLY.slice(0, index)}${(Number(REPLY[index]) + 3) % 10}${REPLY.slice(index + 1)}`
    expect(inventedIn(altered, ground)).not.toEqual([])
  })

  it.each([
    ['Westside', 'Eastside'],
    ['Oak Ave', 'Elm Ave'],
    ['Frozen goods', 'Fresh goods'],
  ])('catches %s that has become %s', (was, is) => {
    expect(inventedIn(REPLY.replace(was, is), ground)).not.toEqual([])
  })

  it.each(['47 minutes ago', '4 hours ago'])('catches what nobody has waited: %s', (span) =>
    expect(inventedIn(`⚠️ late: until 3:30 PM, ${span}`, ground)).not.toEqual([]),
  )

  it('catches an order that is not there', () => {
    expect(inventedIn('2. #99999 - Nobody Inc (9:17 AM)\n   📍 1 Nowhere St', ground)).toEqual([
      '99999',
      '9:17',
      '1 Nowhere St',
      'Nobody Inc',
    ])
  })
})
