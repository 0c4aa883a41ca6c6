import { describe, expect, test } from '@jest/globals'
import { foldText } from './fold-text.ts'

describe('folds', () => {
  test.each([
    ['Cartão nº é', 'Cartao no e'],
    ['４５３９ ٤١٥ ९ 𝟰', '4539 415 9 4'],
    ['1\u200b2\u00ad3\u202e4', '1234'],
    ['a\u0303', 'a'],
    ['1\u00a02–3\u22124', '1 2-3-4'],
    ['日本 📦 \ud83d', '日本 📦 \ud83d'],
  ])('%j to %j', (text, folded) => expect(foldText(text).text).toBe(folded))
})

test('knows where a piece stood', () => {
  const text = '📦 o\u200b 𝟰𝟭\u200b𝟱 x'
  const { text: folded, spanOf } = foldText(text)
  const start = folded.indexOf('415')
  const span = spanOf(start, start + 3)
  expect(text.slice(span.start, span.end)).toBe('𝟰𝟭\u200b𝟱')
})
