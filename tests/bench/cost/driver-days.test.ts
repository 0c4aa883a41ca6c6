import { describe, expect, it } from '@jest/globals'
import { minutesOf, readDriverDays } from './driver-days.ts'

const days = readDriverDays()

describe('the days of drivers', () => {
  it('are of thirty drivers and more, each with a name of his own, in three languages', () => {
    expect(days.length).toBeGreaterThanOrEqual(30)
    expect(new Set(days.map(({ driver }) => driver.name)).size).toBe(days.length)
    for (const language of ['en', 'es', 'pt']) {
      expect(days.filter((day) => day.language === language).length).toBeGreaterThanOrEqual(10)
    }
  })

  it.each(days)(
    '$driver.name writes twelve messages and more, one after the other, of his own orders',
    (day) => {
      expect(day.messages.length).toBeGreaterThanOrEqual(12)
      const times = day.messages.map(minutesOf)
      expect(times).toEqual(times.toSorted((one, other) => one - other))
      const named = [...JSON.stringify(day.messages).matchAll(/\{(\d+)\.\w+\}/g)].map(([, order]) =>
        Number(order),
      )
      expect(named.every((order) => order >= 1 && order <= day.driver.orders)).toBe(true)
    },
  )

  it('are no copies of each other', () => {
    const written = days.map(({ messages }) => messages.map((it) => JSON.stringify({ ...it, at: '' })))
    for (const [index, one] of written.entries()) {
      for (const other of written.slice(index + 1)) {
        const shared = one.filter((it) => other.includes(it))
        expect(shared.length).toBeLessThan(one.length / 2)
      }
    }
  })
})
