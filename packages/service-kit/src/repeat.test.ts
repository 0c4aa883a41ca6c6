import { describe, expect, it } from '@jest/globals'
import { repeat } from './repeat.ts'

const HOUR_MS = 60 * 60_000
const unexpected = (error: unknown) => {
  throw error
}

describe('a repeated job', () => {
  it('runs again and again, one at a time', async () => {
    const third = Promise.withResolvers<void>()
    let [runs, running, together] = [0, 0, 0]
    await using _job = repeat({
      intervalMs: 1,
      async run() {
        running += 1
        together = Math.max(together, running)
        await new Promise((resolve) => setImmediate(resolve))
        running -= 1
        runs += 1
        if (runs === 3) third.resolve()
      },
      onError: unexpected,
    })
    await third.promise
    expect(together).toBe(1)
  })

  it('goes on after a run that failed, and tells of it', async () => {
    const second = Promise.withResolvers<void>()
    const errors: unknown[] = []
    let runs = 0
    await using _job = repeat({
      intervalMs: 1,
      async run() {
        runs += 1
        if (runs === 1) throw new Error('not today')
        second.resolve()
      },
      onError: (error) => errors.push(error),
    })
    await second.promise
    expect(errors).toEqual([new Error('not today')])
  })

  it('comes back sooner after a failure where it is told to', async () => {
    const third = Promise.withResolvers<void>()
    let runs = 0
    await using _job = repeat({
      intervalMs: HOUR_MS,
      againMs: { min: 1, max: 2 },
      async run() {
        runs += 1
        if (runs < 3) throw new Error('not today')
        third.resolve()
      },
      onError: () => {},
    })
    await third.promise
    expect(runs).toBe(3)
  })

  it('is over when the run in progress is, which hears of the end and is no error then', async () => {
    let isOver = false
    const errors: unknown[] = []
    const job = repeat({
      intervalMs: HOUR_MS,
      async run(signal) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        isOver = true
        signal.throwIfAborted()
      },
      onError: (error) => errors.push(error),
    })
    await job[Symbol.asyncDispose]()
    expect([isOver, errors]).toEqual([true, []])
  })
})
