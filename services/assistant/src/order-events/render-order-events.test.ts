import { describe, expect, it } from '@jest/globals'
import { type OrderEvent, orderEventSchema } from '@waybill/contracts'
import { outboundMessageSchema } from '@waybill/whatsapp'
import type { Order } from '../orders/order-system.ts'
import { REPLIES } from '../replies/replies.ts'
import type { Language } from '../session/session.ts'
import { isContradicted, renderOrderEvents, strangeOrders } from './render-order-events.ts'

const order = (id: string, status = 'assigned'): Order => ({
  id,
  status,
  customer: { name: `Customer ${id}` },
  address: { line: `${id} Main St` },
  window: { start: '2026-11-23T12:00:00-05:00', end: '2026-11-23T13:00:00-05:00' },
  sequence: 1,
  items: [],
})
const DAYS = { today: [order('1'), order('2')], tomorrow: [order('9')] }
const event = (type: string, order_id?: string, more: object = {}): OrderEvent =>
  orderEventSchema.parse({
    ...{ id: `${type}-${order_id}`, type, driver_id: 'd', occurred_at: '2026-11-23T09:00:00Z', order_id },
    ...more,
  })

function told(
  events: readonly OrderEvent[],
  language: Language = 'en',
  days: Parameters<typeof renderOrderEvents>[1] = DAYS,
) {
  return renderOrderEvents(events, days, {
    say: REPLIES[language],
    language,
    driver: {
      ...{ id: 'd', name: 'Johan', status: 'active', language, timeZone: 'America/New_York' },
      ...{ permissions: [], checkInUntil: '11:00' },
    },
    today: '2026-11-23',
    now: Date.parse('2026-11-23T14:00:00Z'),
  })
}
const textOf = (...args: Parameters<typeof told>) => JSON.stringify(told(...args)?.message ?? '')

describe('renderOrderEvents', () => {
  it('leaves out what is over by now: new and gone again, closed, somebody else’s', () => {
    expect(told([event('order.created', '1'), event('order.cancelled', '1')])).toBeUndefined()
    expect(told([event('order.changed', '404')])).toBeUndefined()
    const delivered = { today: [order('1', 'delivered')], tomorrow: [] }
    expect(told([event('order.changed', '1')], 'en', delivered)).toBeUndefined()
  })

  it('says the last word about an order, and focuses on the only one', () => {
    const both = told([event('order.created', '1'), event('order.changed', '1')])
    expect(JSON.stringify(both?.message)).toContain('➕ New: #1 - Customer 1 (12:00 PM)')
    expect(both?.focus?.id).toBe('1')
    expect(told([event('order.changed', '1'), event('order.changed', '2')])?.focus).toBeUndefined()
    expect(textOf([event('order.cancelled', '1'), event('order.created', '1')])).toContain('✏️ Changed: #1')
  })

  it('knows what is not the driver’s, but not of a day that can’t be read', () => {
    const events = [
      event('order.changed', '404'),
      event('order.created', '2'),
      event('order.cancelled', '405'),
    ]
    expect(strangeOrders(events, DAYS)).toEqual(['404'])
    expect(strangeOrders(events, { ...DAYS, tomorrow: undefined })).toEqual([])
  })

  it('does not call an order cancelled that the order system still has', () => {
    const cancelled = [event('order.cancelled', '1')]
    expect(isContradicted(cancelled, DAYS)).toBe(true)
    expect(isContradicted(cancelled, { today: [order('1', 'cancelled')], tomorrow: [] })).toBe(false)
    expect(isContradicted(cancelled, { today: [], tomorrow: [] })).toBe(false)
    expect(textOf(cancelled)).toContain('✏️ Changed: #1')
    expect(textOf(cancelled, 'en', { today: [order('1', 'cancelled')], tomorrow: [] })).toContain(
      '❌ Cancelled: #1',
    )
  })

  it('numbers the next stops of a new route, so that "2" means the second', () => {
    const route = told([event('route.changed')])
    expect(JSON.stringify(route?.message)).toContain('2. #2 - Customer 2')
    expect(route?.listed.map(({ id }) => id)).toEqual(['1', '2'])
  })

  it('says when it is about tomorrow, and does not focus on that', () => {
    expect(textOf([event('order.changed', '9')], 'pt')).toContain('Alterado para amanhã: #9')
    expect(told([event('order.changed', '9')])?.focus).toBeUndefined()
  })

  it('tells without details when the orders can’t be read', () => {
    const unknown = { today: undefined, tomorrow: undefined }
    expect(textOf([event('order.changed', '1')], 'en', unknown)).toContain('#1 has changed')
    expect(textOf([event('order.cancelled', '1')], 'es', unknown)).toContain('Cancelado: #1')
  })

  it('speaks the driver’s language in an alert, or English, or what there is', () => {
    const alert = (text: Record<string, string>) => event('alert', undefined, { text })
    expect(textOf([alert({ en: 'Rain', es: 'Lluvia' })], 'es')).toContain('⚠️ Lluvia')
    expect(textOf([alert({ en: 'Rain' })], 'pt')).toContain('⚠️ Rain')
    expect(textOf([alert({ de: 'Regen' })], 'en')).toContain('⚠️ Regen')
  })

  it.each(['en', 'pt', 'es'] as const)('is a message that WhatsApp takes, in both forms: %s', (language) => {
    const many = Array.from({ length: 60 }, (_, n) => event('order.cancelled', String(n + 100)))
    const route = event('route.changed')
    const long = event('alert', undefined, { text: { en: 'x'.repeat(600) } })
    for (const events of [many, [route], [long, route, event('order.created', '2')]]) {
      const { message, templates } = told(events, language) ?? { message: undefined, templates: [] }
      for (const form of [message, ...templates])
        expect(outboundMessageSchema.safeParse(form).error).toBeUndefined()
    }
  })
})
