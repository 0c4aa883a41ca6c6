import { describe, expect, it } from '@jest/globals'
import { createRateLimiter, DEFAULT_LIMITS } from './limit-rates.ts'

function setup() {
  const clock = { ms: 1_000_000 }
  const limiter = createRateLimiter(() => clock.ms)
  const take = (phone: string) => {
    try {
      limiter.take(phone)
      return 'accepted'
    } catch (error) {
      return Object(error).code
    }
  }
  return { clock, limiter, take }
}

describe('the rates', () => {
  it('lets 80 messages a second out, whoever they are for', () => {
    const { clock, take } = setup()
    const outcomes = Array.from({ length: 81 }, (_, index) => take(`person-${index}`))
    expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(80)
    expect(outcomes.at(-1)).toBe(130429)
    clock.ms += 1_000
    expect(take('person-81')).toBe('accepted')
  })

  it('lends one person 45 messages at once and then one every 6 seconds', () => {
    const { clock, take } = setup()
    const outcomes = Array.from({ length: 46 }, () => take('johan'))
    expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(45)
    expect(outcomes.at(-1)).toBe(131056)
    clock.ms += 5_999
    expect(take('johan')).toBe(131056)
    expect(take('maria')).toBe('accepted')
    clock.ms += 1
    expect(take('johan')).toBe('accepted')
    expect(take('johan')).toBe(131056)
  })

  it('does not count what it refused', () => {
    const { clock, limiter, take } = setup()
    limiter.limits = { ...DEFAULT_LIMITS, pairBurst: 1 }
    expect([take('johan'), take('johan'), take('johan')]).toEqual(['accepted', 131056, 131056])
    clock.ms += 6_000
    expect(take('johan')).toBe('accepted')
  })
})
