import { describe, expect, it } from '@jest/globals'
import { createBackOff, within } from './back-off.ts'

describe('createBackOff', () => {
  it('doubles its ceiling up to the maximum, and starts over when reset', async () => {
    const ceilings: number[] = []
    const backOff = createBackOff({ msMin: 100, msMax: 350 }, (ceilingMs) => {
      ceilings.push(ceilingMs)
      return 0
    })
    const signal = AbortSignal.timeout(1_000)
    for (let round = 0; round < 4; round += 1) await backOff.wait(signal)
    backOff.reset()
    await backOff.wait(signal)
    expect(ceilings).toEqual([100, 200, 350, 350, 100])
  })

  it('ends its wait when the signal aborts', async () => {
    const backOff = createBackOff({ msMin: 60_000, msMax: 60_000 }, (ceilingMs) => ceilingMs)
    const giveUp = new AbortController()
    const waiting = backOff.wait(giveUp.signal)
    giveUp.abort()
    await expect(waiting).resolves.toBeUndefined()
  })
})

describe('within', () => {
  it.each([
    ['work that succeeds', () => Promise.resolve(1), true],
    ['work that fails', () => Promise.reject(new Error('no')), true],
    ['work that never ends', () => new Promise(() => {}), false],
  ])('%s', async (_case, work, isSettled) => {
    expect(await within(20, work())).toBe(isSettled)
  })
})
