import { describe, expect, it, jest } from '@jest/globals'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { createBreaker } from './breaker.ts'

type Line = { state: string; reason: string; probeInMs?: number; err?: { message: string } }
class NotFound extends Error {}
const boom = async () => {
  throw new Error('boom')
}

/** What a breaker needs, and what it tells about itself. */
function setup() {
  const registry = new Registry()
  const lines: Line[] = []
  const waiting = new Map<string, () => void>()
  const log = pino(
    { base: null },
    {
      write(text: string) {
        const line: Line = JSON.parse(text)
        lines.push(line)
        waiting.get(line.state)?.()
      },
    },
  )
  return {
    lines,
    until: (state: string) => new Promise<void>((resolve) => waiting.set(state, resolve)),
    metrics: async () =>
      (await registry.metrics()).split('\n').filter((line) => /^waybill(?!.*_seconds)/.test(line)),
    options: { name: 'orders', registry, log, timeoutMs: 1_000, volumeThreshold: 2, resetTimeoutMs: 60_000 },
  }
}

describe('a breaker', () => {
  it('opens when the upstream fails, and then does not ask it any more', async () => {
    const { options } = setup()
    let asked = 0
    using breaker = createBreaker(options, async () => {
      asked += 1
      await boom()
    })
    await expect(breaker.call()).rejects.toThrow('boom')
    await expect(breaker.call()).rejects.toThrow('boom')
    await expect(breaker.call()).rejects.toMatchObject({ reason: 'open' })
    expect([asked, breaker.isOpen]).toEqual([2, true])
  })

  it('does not open for an answer that says nothing against the upstream', async () => {
    const isFailure = (error: unknown) => !(error instanceof NotFound)
    using breaker = createBreaker({ ...setup().options, isFailure }, async () => {
      throw new NotFound('no such order')
    })
    for (const _call of [1, 2, 3, 4]) await expect(breaker.call()).rejects.toThrow(NotFound)
    expect(breaker.isOpen).toBe(false)
  })

  it('S26: ends a call at its deadline, and only that one', async () => {
    const signals: AbortSignal[] = []
    using breaker = createBreaker({ ...setup().options, timeoutMs: 20 }, async (signal, isSlow: boolean) => {
      signals.push(signal)
      if (isSlow) await new Promise(() => {})
      return 'answer'
    })
    const slow = breaker.call(true)
    await expect(breaker.call(false)).resolves.toBe('answer')
    await expect(slow).rejects.toMatchObject({ reason: 'timeout' })
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
  })

  it('opens for deadlines, whatever else counts as a failure', async () => {
    const { lines, options: defaults } = setup()
    const options = { ...defaults, timeoutMs: 5, isFailure: () => false }
    using breaker = createBreaker(options, () => new Promise(() => {}))
    await Promise.allSettled([breaker.call(), breaker.call()])
    expect(breaker.isOpen).toBe(true)
    expect(lines).toMatchObject([{ state: 'open', reason: 'timeout' }])
  })

  it('lets one of many calls try when its time is over, and closes when that one succeeds', async () => {
    const { options, until, metrics } = setup()
    const gate = Promise.withResolvers<string>()
    let asked = 0
    let answer: () => Promise<string | undefined> = boom
    using breaker = createBreaker({ ...options, resetTimeoutMs: 10 }, () => {
      asked += 1
      return answer()
    })
    const halfOpen = until('halfOpen')
    await Promise.allSettled([breaker.call(), breaker.call()])
    await halfOpen
    answer = () => gate.promise
    const [probe, ...others] = Array.from({ length: 100 }, () => breaker.call())
    for (const other of others) await expect(other).rejects.toMatchObject({ reason: 'open' })
    gate.resolve('ok')
    await expect(probe).resolves.toBe('ok')
    expect(asked).toBe(3)
    expect(await metrics()).toContain('waybill_breaker_calls_total{breaker="orders",outcome="open"} 99')
    await expect(breaker.call()).resolves.toBe('ok')
  })

  it('opens again when the one that tries has no answer in time', async () => {
    const { options, until } = setup()
    const settings = { ...options, timeoutMs: 5, resetTimeoutMs: 10 }
    using breaker = createBreaker(settings, () => new Promise(() => {}))
    const halfOpen = until('halfOpen')
    await Promise.allSettled([breaker.call(), breaker.call()])
    await halfOpen
    await expect(breaker.call()).rejects.toMatchObject({ reason: 'timeout' })
    expect(breaker.isOpen).toBe(true)
  })

  it('waits twice as long after each one that fails, never for the same time, and starts over when one succeeds', async () => {
    const { options, until, lines } = setup()
    const randoms = [0.5, 0.5, 0, 1, 0.5]
    let answer: () => Promise<string | undefined> = boom
    const random = () => randoms.shift() ?? 0.5
    using breaker = createBreaker({ ...options, resetTimeoutMs: 10, random }, () => answer())
    const fail = async () => {
      const halfOpen = until('halfOpen')
      await Promise.allSettled([breaker.call(), breaker.call()])
      await halfOpen
    }
    for (const _opening of [1, 2, 3, 4]) await fail()
    answer = async () => 'ok'
    await breaker.call()
    answer = boom
    await fail()
    const waits = lines.filter(({ state }) => state === 'open').map(({ probeInMs }) => probeInMs)
    expect(waits).toEqual([10, 20, 32, 96, 10])
  })

  it('never waits longer than half a minute', async () => {
    const { options, until, lines } = setup()
    using breaker = createBreaker({ ...options, resetTimeoutMs: 40, random: () => 0.5 }, boom)
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] })
    try {
      for (let opening = 0; opening < 12; opening += 1) {
        const halfOpen = until('halfOpen')
        await Promise.allSettled([breaker.call(), breaker.call()])
        jest.runOnlyPendingTimers()
        await halfOpen
      }
    } finally {
      jest.useRealTimers()
    }
    const waits = lines.filter(({ state }) => state === 'open').map(({ probeInMs }) => probeInMs)
    expect(waits.slice(-2)).toEqual([30_000, 30_000])
  })

  it('opens again when the one that tries fails', async () => {
    const { options, until } = setup()
    using breaker = createBreaker({ ...options, resetTimeoutMs: 10 }, boom)
    const halfOpen = until('halfOpen')
    await Promise.allSettled([breaker.call(), breaker.call()])
    await halfOpen
    await expect(breaker.call()).rejects.toThrow('boom')
    expect(breaker.isOpen).toBe(true)
  })

  it('opens at once for an upstream that falls again, however many calls were refused meanwhile', async () => {
    const { options, until } = setup()
    let answer: () => Promise<string | undefined> = boom
    using breaker = createBreaker({ ...options, resetTimeoutMs: 10 }, () => answer())
    const halfOpen = until('halfOpen')
    await Promise.allSettled([breaker.call(), breaker.call()])
    await Promise.allSettled(Array.from({ length: 100 }, () => breaker.call()))
    await halfOpen
    answer = async () => 'ok'
    await breaker.call()
    answer = boom
    await expect(breaker.call()).rejects.toThrow('boom')
    expect(breaker.isOpen).toBe(true)
  })

  it('refuses more calls in flight than it has room for, without holding that against the upstream', async () => {
    const gate = Promise.withResolvers<void>()
    using breaker = createBreaker({ ...setup().options, capacity: 1 }, () => gate.promise)
    const first = breaker.call()
    for (const _call of [1, 2, 3]) await expect(breaker.call()).rejects.toMatchObject({ reason: 'capacity' })
    gate.resolve()
    await first
    await expect(breaker.call()).resolves.toBeUndefined()
  })

  it('survives what is thrown and is no error', async () => {
    using breaker = createBreaker(setup().options, () => Promise.reject())
    await expect(breaker.call()).rejects.toBeUndefined()
  })

  it('tells its state and its calls, and why it opened', async () => {
    const { options, metrics, lines } = setup()
    using breaker = createBreaker(options, boom)
    using _other = createBreaker({ ...options, name: 'model' }, boom)
    await Promise.allSettled([breaker.call(), breaker.call()])
    await Promise.allSettled([breaker.call()])
    expect(await metrics()).toEqual([
      'waybill_breaker_state{breaker="orders"} 2',
      'waybill_breaker_state{breaker="model"} 0',
      'waybill_breaker_transitions_total{breaker="orders",state="open",reason="error"} 1',
      'waybill_breaker_calls_total{breaker="orders",outcome="error"} 2',
      'waybill_breaker_calls_total{breaker="orders",outcome="open"} 1',
    ])
    expect(lines).toMatchObject([
      { breaker: 'orders', state: 'open', reason: 'error', err: { message: 'boom' } },
    ])
  })
})
