import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { buttonsMessage, fitText, listMessage, textMessage } from './build-message.ts'
import { outboundMessageSchema } from './outbound-message.ts'

const anyText = fc.string({ unit: 'binary', maxLength: 6_000 })

describe('builders', () => {
  it('make a message that WhatsApp takes of any text', () => {
    fc.assert(
      fc.property(anyText, anyText, (body, title) => {
        const messages = [
          textMessage(body),
          buttonsMessage({ body, buttons: [{ id: 'a', title }], footer: title }),
          listMessage({
            body,
            button: title,
            sections: [{ title, rows: [{ id: 'a', title, description: body }] }],
          }),
        ]
        for (const message of messages) expect(outboundMessageSchema.safeParse(message).success).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  it.each([
    [
      'four buttons',
      () => buttonsMessage({ body: 'x', buttons: ['a', 'b', 'c', 'd'].map((id) => ({ id, title: id })) }),
    ],
    [
      'two buttons with one id',
      () => buttonsMessage({ body: 'x', buttons: ['a', 'a'].map((id) => ({ id, title: 'x' })) }),
    ],
    ['eleven rows', () => listMessage({ body: 'x', button: 'x', sections: [{ rows: rows(11) }] })],
    [
      'two sections without titles',
      () => listMessage({ body: 'x', button: 'x', sections: [{ rows: rows(1) }, { rows: rows(1) }] }),
    ],
  ])('refuse %s with a sentence', (_case, build) => {
    expect(build).toThrow(RangeError)
  })
})

describe('fitText', () => {
  it.each([
    ['short', 10, 'short'],
    ['a longer text', 9, 'a longer…'],
    ['👩‍👩‍👧‍👦 family', 5, '…'],
    ['ok 👍🏽👍🏽', 8, 'ok 👍🏽…'],
    ['   ', 5, '…'],
  ])('%p in %i', (text, max, fitted) => {
    expect(fitText(text, max)).toBe(fitted)
  })
})

function rows(count: number) {
  return Array.from({ length: count }, (_, n) => ({ id: `r${n}`, title: `Row ${n}` }))
}
