import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { buttonsMessage, fitText, listMessage, textMessage } from './build-message.ts'
import { outboundMessageSchema } from './outbound-message.ts'

const long = { maxLength: 5_000, size: 'max' } as const
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', ...long }),
  fc.string({ unit: 'binary', ...long }),
  // Any UTF-16 units, so that halves of characters are among them.
  fc.array(fc.nat(0xffff), long).map((units) => String.fromCharCode(...units)),
)

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
        for (const message of messages) {
          expect(outboundMessageSchema.safeParse(message).success).toBe(true)
          expect(JSON.stringify(message)).not.toMatch(/\\u0000|\\ud[89a-f]/)
        }
      }),
      { numRuns: 50, endOnFailure: true },
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
  it('cuts between two characters and nowhere else', () => {
    const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
    const parts = (text: string) => [...graphemes.segment(text)].map(({ segment }) => segment)
    const family = fc.string({ unit: fc.constantFrom('👩‍👩‍👧‍👦', '👍🏽', '🇧🇷', 'é', 'a'), minLength: 1 })
    fc.assert(
      fc.property(family, fc.integer({ min: 1, max: 60 }), (text, max) => {
        const fitted = fitText(text, max)
        expect(fitted.length).toBeLessThanOrEqual(max)
        const kept = fitted === text ? parts(text) : parts(fitted).slice(0, -1)
        expect(parts(text).slice(0, kept.length)).toEqual(kept)
      }),
    )
  })

  it.each([
    ['short', 10, 'short'],
    ['a longer text', 9, 'a longer…'],
    ['👩‍👩‍👧‍👦 family', 5, '…'],
    ['ok 👍🏽👍🏽', 8, 'ok 👍🏽…'],
    ['   ', 5, '…'],
    ['a\0b\uD800', 9, 'a\uFFFDb\uFFFD'],
  ])('%p in %i', (text, max, fitted) => {
    expect(fitText(text, max)).toBe(fitted)
  })
})

function rows(count: number) {
  return Array.from({ length: count }, (_, n) => ({ id: `r${n}`, title: `Row ${n}` }))
}
