import { describe, expect, it } from '@jest/globals'
import { MEASURES } from './measures/index.ts'

// The cheapest that start a system, a process of load and a bare peer. Times are for `npm run bench`.
const CHEAP = ['B1', 'B3']
const SHARE = 0.02

describe('the bench measures', () => {
  it.each(MEASURES.filter(({ id }) => CHEAP.includes(id)))('$title', async (measure) => {
    const results = await measure.run({ share: SHARE, isLong: false, isWritten: false, log: () => {} })
    expect(results.length).toBeGreaterThan(0)
    for (const { id, value, ceiling, ratio } of results) {
      expect(id).toBe(measure.id)
      expect(value).toBeGreaterThan(0)
      expect(ratio).toBeCloseTo(value / (ceiling?.value ?? 0))
    }
  })

  it('everything once: every measure has an id of its own', () => {
    expect(new Set(MEASURES.map(({ id }) => id)).size).toBe(MEASURES.length)
  })
})
