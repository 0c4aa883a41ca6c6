import { describe, expect, it } from '@jest/globals'
import { readFleet } from './fleet.ts'

describe('the fleet', () => {
  const fleet = readFleet()

  it('has the driver of the example conversation, and one for every state', () => {
    expect(fleet[0]).toMatchObject({
      id: 'driver-johan',
      name: 'Johan',
      language: 'en',
      orders: { count: 3 },
    })
    expect(new Set(fleet.map((driver) => driver.status))).toEqual(
      new Set(['active', 'inactive', 'suspended']),
    )
    expect(new Set(fleet.map((driver) => driver.language))).toEqual(new Set(['en', 'pt', 'es']))
  })

  it('generates a thousand drivers for load tests', () => {
    const generated = fleet.filter((driver) => driver.id.startsWith('driver-load-'))
    expect(generated).toHaveLength(1000)
    expect(generated[0]).toMatchObject({
      id: 'driver-load-0001',
      phone: '15550200001',
      orders: { firstId: 600001 },
    })
    expect(generated[999]).toMatchObject({ id: 'driver-load-1000', phone: '15550201000' })
  })

  it.each(['id', 'phone', 'userId'] as const)('gives nobody the %s of another', (key) => {
    expect(new Set(fleet.map((driver) => driver[key])).size).toBe(fleet.length)
  })

  it('gives no two drivers the same order number', () => {
    // Tomorrow's orders take their numbers right after today's.
    const numbers = fleet.flatMap(({ orders }) =>
      Array.from({ length: orders.count * 2 }, (_, index) => orders.firstId + index),
    )
    expect(new Set(numbers).size).toBe(numbers.length)
  })

  it('names time zones that exist', () => {
    for (const { timeZone } of fleet) expect(() => new Intl.DateTimeFormat('en', { timeZone })).not.toThrow()
  })
})
