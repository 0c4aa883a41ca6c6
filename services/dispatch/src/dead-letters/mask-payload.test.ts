import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { maskText, readablePayload } from './mask-payload.ts'

const nameOf = (id: string) => `named ${id.length}`
const masked = (value: unknown) =>
  readablePayload(Buffer.from(JSON.stringify(value)), { isRevealed: false, nameOf })
const revealed = (value: unknown) =>
  readablePayload(Buffer.from(JSON.stringify(value)), { isRevealed: true, nameOf })
const fingerprint = (id: string) => `‹id ${nameOf(id)}›`

const webhook = {
  object: 'whatsapp_business_account',
  entry: [
    {
      changes: [
        {
          field: 'messages',
          value: {
            metadata: { display_phone_number: '15550001111', phone_number_id: '106540352242922' },
            contacts: [{ profile: { name: 'Johan Cruz' }, wa_id: '12125550101' }],
            messages: [
              {
                ...{ id: 'wamid.HBgLMTIxMjU1NTAxMDE', from: '12125550101', timestamp: '1763899999' },
                ...{
                  type: 'location',
                  location: { latitude: 40.7128, longitude: -74.006, name: '1 Main St' },
                },
              },
            ],
          },
        },
      ],
    },
  ],
}

describe('a payload', () => {
  it('shows what it is and not whose', () => {
    expect(masked(webhook)).toEqual({
      object: 'whatsapp_business_account',
      entry: [
        {
          changes: [
            {
              field: 'messages',
              value: {
                metadata: {
                  display_phone_number: '‹11 characters›',
                  phone_number_id: fingerprint('106540352242922'),
                },
                contacts: [{ profile: { name: '‹10 characters›' }, wa_id: fingerprint('12125550101') }],
                messages: [
                  {
                    id: fingerprint('wamid.HBgLMTIxMjU1NTAxMDE'),
                    from: fingerprint('12125550101'),
                    ...{ timestamp: '1763899999', type: 'location' },
                    location: { latitude: '‹number›', longitude: '‹number›', name: '‹9 characters›' },
                  },
                ],
              },
            },
          ],
        },
      ],
    })
    expect(revealed(webhook)).toEqual(webhook)
  })

  it('of an order event keeps its kind, its time, and whose order it is about', () => {
    const event = { type: 'order.changed', driver_id: 'driver-johan', order_id: '12345', priority: 'urgent' }
    const said = { occurred_at: '2026-11-23T06:00:00-05:00', text: { en: 'Ring at 5 Elm St' } }
    expect(masked({ ...event, ...said })).toEqual({ ...event, ...said, text: { en: '‹16 characters›' } })
  })

  it.each([
    ['a number where a kind should be', { type: '12125550101' }, { type: '‹11 characters›' }],
    ['a sentence where a kind should be', { type: 'Johan, 1 Main St' }, { type: '‹16 characters›' }],
    ['a number in the place of a name', { 12125550101: true }, { '‹name 1›': true }],
    ['text alone', 'Johan', '‹5 characters›'],
  ])('hides %s', (_what, value, shown) => expect(masked(value)).toEqual(shown))

  it('that is not JSON is its length, and revealed its text', () => {
    expect(readablePayload(Buffer.from('Johan'), { isRevealed: false, nameOf })).toBe(
      '‹5 bytes that are not JSON›',
    )
    expect(readablePayload(Buffer.from('Johan'), { isRevealed: true, nameOf })).toBe('Johan')
  })

  it('is cut where it is long or deep', () => {
    expect(masked(Array.from({ length: 60 }, () => 1))).toHaveLength(51)
    expect(masked(Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`a${n}`, 1])))).toMatchObject({
      '‹more›': 10,
    })
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    expect(JSON.stringify(readablePayload(Buffer.from(deep), { isRevealed: true, nameOf }))).toContain(
      '‹nested deeper›',
    )
    expect(revealed('x'.repeat(20_000))).toMatch(/x ‹3616 more characters›$/)
  })

  it('shows no number that could be a phone, wherever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.stringMatching(/^\d{7,15}$/), (value, number) => {
        const shown = JSON.stringify(
          masked({ [number]: value, type: number, status: [number, { id: number }] }),
        )
        return !shown.includes(number)
      }),
    )
  })
})

it.each([
  ['there is no driver driver-johan', 'there is no driver driver-johan'],
  ['invalid input syntax: "Johan \\" Cruz" at 1', 'invalid input syntax: "…" at 1'],
  ['refused +1 (212) 555-0101 by a@b.example', 'refused … by …'],
  ['no wamid.HBgLMTIxMjU1NTAxMDE here', 'no … here'],
  ['connect ECONNREFUSED 127.0.0.1:5672', 'connect ECONNREFUSED 127.0.0.1:5672'],
])('an error is shown without what it quotes: %s', (error, shown) => expect(maskText(error)).toBe(shown))
