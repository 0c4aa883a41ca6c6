import { describe, expect, it } from '@jest/globals'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { createBreaker } from './breaker.ts'

const log = pino({ level: 'silent' })
const eager = { name: 'upstream', log, timeoutMs: 1_000, volumeThreshold: 2, resetTimeoutMs: 60_000 }

class NotFound extends Error {}

describe('a breaker', () => {
  it('opens when the upstream fails, and then does not ask it any more', async () => {
    let asked = 0
    using breaker = createBreaker({ ...eager, registry: new Registry() }, async () => {
      asked += 1
      throw new Error('boom')
    })
    await expect(breaker.call()).rejects.toThrow('boom')
    await expect(breaker.call()).rejects.toThrow('boom')
    await expect(breaker.call()).rejects.toMatchObject({ reason: 'open' })
    expect([asked, breaker.isOpen]).toEqual([2, true])
  })

  it('does not open for an answer that says nothing about health', async () => {
    using breaker = createBreaker(
      { ...eager, registry: new Registry(), isFailure: (error) => !(error instanceof NotFound) },
      async () => {
        throw new NotFound('no such order')
      },
    )
    for (const _call of [1, 2, 3, 4]) await expect(breaker.call()).rejects.toThrow(NotFound)
    expect(breaker.isOpen).toBe(false)
  })

  it('ends a call at its deadline, and only that one', async () => {
    const signals: AbortSignal[] = []
    using breaker = createBreaker(
      { ...eager, registry: new Registry(), timeoutMs: 20 },
      async (signal, isSlow: boolean) => {
        signals.push(signal)
        if (isSlow) await new Promise(() => {})
        return 'answer'
      },
    )
    const slow = breaker.call(true)
    await expect(breaker.call(false)).resolves.toBe('answer')
    await expect(slow).rejects.toMatchObject({ reason: 'timeout' })
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
  })

  it('lets one call try when its time is over, and closes when that one succeeds', async () => {
    let isHealthy = false
    let probes = 0
    const gate = Promise.withResolvers<void>()
    using breaker = createBreaker({ ...eager, registry: new Registry(), resetTimeoutMs: 10 }, async () => {
      if (!isHealthy) throw new Error('boom')
      probes += 1
      await gate.promise
      return 'ok'
    })
    await Promise.allSettled([breaker.call(), breaker.call()])
    isHealthy = true
    const probe = await untilAsked()
    await expect(breaker.call()).rejects.toMatchObject({ reason: 'open' })
    gate.resolve()
    await expect(probe.answer).resolves.toBe('ok')
    expect([probes, breaker.isOpen]).toEqual([1, false])

    async function untilAsked(): Promise<{ answer: Promise<string> }> {
      for (;;) {
        const answer = breaker.call()
        answer.catch(() => {})
        await new Promise(setImmediate)
        if (probes > 0) return { answer }
      }
    }
  })

  it('refuses more calls in flight than it has room for', async () => {
    const gate = Promise.withResolvers<void>()
    using breaker = createBreaker({ ...eager, registry: new Registry(), capacity: 1 }, () => gate.promise)
    const first = breaker.call()
    await expect(breaker.call()).rejects.toMatchObject({ reason: 'capacity' })
    gate.resolve()
    await first
  })
})
