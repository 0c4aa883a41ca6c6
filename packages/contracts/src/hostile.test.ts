import { expect, it } from '@jest/globals'
import { hostile } from '@waybill/test-kit/hostile'
import fc from 'fast-check'
import { z } from 'zod'
import { orderEventSchema } from './order-events.ts'

const EVENT = {
  ...{ id: 'evt-1', type: 'order.changed', driver_id: 'driver-johan', order_id: '12345', priority: 'urgent' },
  ...{ occurred_at: '2026-11-23T10:00:00Z', text: { en: 'Ice' } },
}

const named = z.object({ order_id: z.union([z.string(), z.number()]) })

it('S6: whatever is signed is an order event that names a driver and an order, or none', () => {
  fc.assert(
    fc.property(hostile.variantOf(EVENT), (value) => {
      const { data } = orderEventSchema.safeParse(value)
      if (!data) return
      expect(data.driver_id.length).toBeGreaterThan(0)
      expect(Number.isNaN(Date.parse(data.occurred_at))).toBe(false)
      expect(named.safeParse(value).success).toBe('order_id' in data)
    }),
  )
})
