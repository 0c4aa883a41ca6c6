import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { normalize } from './normalize.ts'

describe('normalize', () => {
  it.each([
    ['IGNORE   all\n\nRules', 'ignore all rules'],
    ['Não está', 'nao esta'],
    ['ig\u200Bnore\u00AD', 'ignore'],
    ['\u202Eignore', 'ignore'],
    ['іgnоrе', 'ignore'],
    ['сосна', 'сосна'],
    ['ｉｇｎｏｒｅ', 'ignore'],
    ['𝗶𝗴𝗻𝗼𝗿𝗲', 'ignore'],
    ['ⓘⓖⓝⓞⓡⓔ', 'ignore'],
    ['e\u0301', 'e'],
    ['Привет мир', 'привет мир'],
    ['\uD800x\u0000', 'x'],
    ['', ''],
  ])('reads %j as %j', (original, text) => expect(normalize(original).text).toBe(text))

  it('knows where each character came from', () => {
    const { text, origins } = normalize('A\u200B  ﬁn')
    expect(text).toBe('a fin')
    expect([...origins]).toEqual([0, 2, 4, 4, 5, 6])
  })

  it('keeps origins in order and in range, whatever it gets', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (original) => {
        const { text, origins } = normalize(original)
        expect(origins.length).toBe(text.length + 1)
        expect(origins.every((at, index) => at <= original.length && at >= (origins[index - 1] ?? 0))).toBe(
          true,
        )
      }),
    )
  })
})
