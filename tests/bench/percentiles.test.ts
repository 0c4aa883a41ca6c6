import { describe, expect, it } from '@jest/globals'
import { median, percentile } from './percentiles.ts'

describe('percentile', () => {
  it.each([
    [[5], 0.99, 5],
    [[3, 1, 2], 0.5, 2],
    [[4, 3, 2, 1], 0.5, 2],
    [Array.from({ length: 100 }, (_, index) => 100 - index), 0.99, 99],
    [[10, 9, 100], 1, 100],
  ])('of %j at %d', (values, share, expected) => {
    expect(percentile(values, share)).toBe(expected)
  })

  it('there is none of nothing', () => {
    expect(() => median([])).toThrow('of nothing')
  })
})
