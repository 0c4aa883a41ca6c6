import { describe, expect, it } from '@jest/globals'
import { maskError, maskPayload, revealPayload } from './mask-payload.ts'

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value))

describe('a payload that is shown', () => {
  it('has its structure and no person in it', () => {
    const message = {
      id: 'wamid.HBgLMTIxMjU1NTAxMDE=',
      from: '12125550101',
      timestamp: '1763899999',
      type: 'location',
      location: { latitude: 40.7, longitude: -73.9, name: 'Johan at home' },
    }
    const shown = maskPayload(bytes({ object: 'whatsapp_business_account', messages: [message] }))
    expect(shown).toEqual({
      object: 'whatsapp_business_account',
      messages: [
        {
          id: expect.stringMatching(/^#[0-9a-f]{8}$/),
          from: '… 11 characters',
          timestamp: '1763899999',
          type: 'location',
          location: { latitude: '…', longitude: '…', name: '… 13 characters' },
        },
      ],
    })
  })

  it.each([
    ['words alone', bytes('call 12125550101'), '… 16 characters'],
    ['a number alone', bytes(12125550101), '…'],
    ['what is no JSON', Buffer.from('{"from":"12125550101"'), '21 bytes that are no JSON'],
    ['a phone number where a kind belongs', bytes({ type: '12125550101' }), { type: '…' }],
  ])('also when it is %s', (_what, body, shown) => {
    expect(maskPayload(body)).toEqual(shown)
  })

  it('is whole when somebody asks for it', () => {
    expect(revealPayload(bytes({ from: '12125550101' }))).toEqual({ from: '12125550101' })
    expect(revealPayload(Buffer.from([0xff]))).toEqual({ base64: '/w==' })
  })
})

it('an error that quotes a phone number is shown without it', () => {
  expect(maskError('invalid input syntax: "12125550101"')).toBe('invalid input syntax: "…"')
})
