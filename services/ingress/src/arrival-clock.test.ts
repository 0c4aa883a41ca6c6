import { describe, expect, it } from '@jest/globals'
import { createArrivalClock } from './arrival-clock.ts'

describe('createArrivalClock', () => {
  it('goes on although the clock below it stands still or is set back', () => {
    const readings = [1_763_000_000_000.25, 1_763_000_000_000.25, 1_762_999_995_000, 1_763_000_000_001]
    const nextInstantUs = createArrivalClock(() => readings.shift() ?? 0)
    expect([1, 2, 3, 4].map(nextInstantUs)).toEqual([
      1_763_000_000_000_250, 1_763_000_000_000_251, 1_763_000_000_000_252, 1_763_000_000_001_000,
    ])
  })

  it('tells the time', () => {
    expect(Math.abs(createArrivalClock()() / 1_000 - Date.now())).toBeLessThan(1_000)
  })
})
