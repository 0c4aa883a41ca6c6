import { describe, expect, it } from '@jest/globals'
import type { Driver } from '@waybill/database'
import type { Order } from '../orders/order-system.ts'
import { EMPTY_SESSION, type Language } from '../session/session.ts'
import { clockTime, duration, localDate } from './local-time.ts'
import { renderOrder } from './render-order.ts'
import { ageOf, renderOrders, renderPage } from './render-orders.ts'
import { REPLIES } from './replies.ts'

const LANGUAGES = ['en', 'pt', 'es'] as const
const today = '2026-11-23'
const johan: Driver = {
  id: 'driver-johan',
  name: 'Johan',
  status: 'active',
  language: 'en',
  timeZone: 'America/New_York',
  permissions: [],
}

const orderOf = (id: string, name: string, line: string, time: string, sequence: number): Order => ({
  id,
  customer: { name, phone: '+15550100001' },
  address: { line, lat: 40.75, lng: -73.99 },
  window: { start: `${today}T${time}:00-05:00`, end: `${today}T23:00:00-05:00` },
  status: 'assigned',
  sequence,
  instructions: 'Ring twice',
  items: [{ name: 'Parcel', quantity: 2 }],
})
const threeOrders = [
  orderOf('12345', 'Tech Corp Inc', '123 Main St, Suite 400', '12:00', 1),
  orderOf('12346', 'Westside Restaurant', '456 Oak Ave', '14:30', 2),
  orderOf('12347', 'Airport Terminal B', 'Terminal B, Gate 5', '16:00', 3),
]
const many = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    orderOf(String(500 + index), 'A customer with a rather long name', 'x'.repeat(100), '12:00', index),
  )

const voice = (language: Language, driver = johan) => ({
  say: REPLIES[language],
  language,
  driver,
  today,
  now: Date.parse(`${today}T15:00:00Z`),
  session: EMPTY_SESSION,
})
const textOf = (message: ReturnType<typeof renderOrders>) =>
  message.type === 'text' ? message.text.body : ''

describe('orders', () => {
  it('renders three orders exactly as in the example', () => {
    expect(textOf(renderOrders(threeOrders, voice('en')))).toBe(`📦 You have 3 orders today, Johan!

🚚 Orders:
1. #12345 - Tech Corp Inc (12:00 PM)
   📍 123 Main St, Suite 400

2. #12346 - Westside Restaurant (2:30 PM)
   📍 456 Oak Ave

3. #12347 - Airport Terminal B (4:00 PM)
   📍 Terminal B, Gate 5

Would you like details on any order? Type from 1 to 3 to choose any order.`)
  })

  it.each([
    ['en', '📦 You have 1 order today, Johan!'],
    ['pt', '📦 Você tem 1 pedido hoje, Johan!'],
    ['es', '📦 ¡Tienes 1 pedido hoy, Johan!'],
  ] as const)('speaks of one order in the singular: %s', (language, title) => {
    const text = textOf(renderOrders(threeOrders.slice(0, 1), voice(language)))
    expect(text).toContain(title)
    expect(text).not.toMatch(/orders today|pedidos hoje|pedidos hoy/)
  })

  it.each(LANGUAGES)('offers a list of what is too long to read: %s', (language) => {
    for (const count of [4, 9, 10, 11, 12, 20, 40]) {
      const message = renderOrders(many(count), voice(language))
      const list =
        message.type === 'interactive' && message.interactive.type === 'list'
          ? message.interactive
          : undefined
      expect(list?.action.sections.flatMap(({ rows }) => rows)).toHaveLength(Math.min(count, 10))
    }
  })

  it('shows every order on exactly one page', () => {
    const orders = many(23)
    const seen: string[] = []
    let offset: number | undefined = 0
    while (offset !== undefined) {
      const message = renderPage(orders, voice('en'), offset)
      if (message.type !== 'interactive' || message.interactive.type !== 'list') throw new Error('no list')
      const ids = message.interactive.action.sections.flatMap(({ rows }) =>
        rows.map(({ id }) => id.split(':')),
      )
      seen.push(...ids.flatMap(([action, target]) => (action === 'details' && target ? [target] : [])))
      const next = ids.find(([action]) => action === 'page')
      offset = next ? Number(next[1]) : undefined
    }
    expect(seen).toEqual(orders.map(({ id }) => id))
  })
})

describe('orders that could not be asked for now', () => {
  const age = (language: Language) =>
    ageOf({ at: voice('en').now - 12 * 60_000, orders: threeOrders, isFresh: false }, voice(language))

  it.each([
    ['en', "⚠️ I can't reach the order system right now. Your last known orders, 12 minutes old:"],
    [
      'pt',
      '⚠️ Não consigo acessar o sistema de pedidos agora. Seus últimos pedidos conhecidos, de 12 minutos atrás:',
    ],
    [
      'es',
      '⚠️ No puedo conectar con el sistema de pedidos ahora. Tus últimos pedidos conocidos, de hace 12 minutos:',
    ],
  ] as const)('are said to be as old as they are: %s', (language, sentence) => {
    expect(age(language)).toBe(sentence)
  })

  it('are not said to be old when they are fresh', () => {
    expect(ageOf({ at: 0, orders: threeOrders, isFresh: true }, voice('en'))).toBeUndefined()
  })
})

describe('an order', () => {
  const [order] = threeOrders
  const details = (driver: Driver, language: Language = 'en') =>
    JSON.stringify(order ? renderOrder(order, voice(language, driver)) : [])

  it.each(LANGUAGES)('fits into a message with buttons: %s', (language) => {
    expect(details(johan, language)).toContain(`confirm:12345:${today}`)
  })

  it('links to the map by its coordinates, on the one host that links may go to', () => {
    expect(details(johan).match(/https?:[^"\\ ]+/g)).toEqual([
      'https://www.google.com/maps/search/?api=1&query=40.75%2C-73.99',
    ])
  })

  it("shows the customer's phone only to those who may see it", () => {
    expect(details(johan)).not.toContain('+15550100001')
    expect(details({ ...johan, permissions: ['customer-phone'] })).toContain('+15550100001')
  })

  it('sends what is too long for buttons ahead of them', () => {
    const long = order ? renderOrder({ ...order, notes: 'n'.repeat(1_200) }, voice('en')) : []
    expect(long.map(({ type }) => type)).toEqual(['text', 'interactive'])
  })

  it('offers no confirmation of what is confirmed or closed', () => {
    for (const status of ['confirmed', 'arrived', 'delivered', 'failed']) {
      expect(JSON.stringify(order ? renderOrder({ ...order, status }, voice('en')) : [])).not.toContain(
        'confirm:',
      )
    }
  })
})

describe('times', () => {
  const noon = Date.parse('2026-11-23T17:00:00Z')
  it.each([
    ['en', '12:00 PM'],
    ['pt', '12:00'],
    ['es', '12:00'],
  ] as const)('%s', (language, expected) => {
    expect(clockTime(noon, language, 'America/New_York')).toBe(expected)
  })
  it('has a midnight of its own in every time zone', () => {
    expect(localDate(Date.parse('2026-11-23T02:00:00Z'), 'America/Sao_Paulo')).toBe('2026-11-22')
    expect(localDate(Date.parse('2026-11-23T02:00:00Z'), 'Europe/Madrid')).toBe('2026-11-23')
    expect(clockTime(Date.parse('2026-11-23T05:00:00Z'), 'pt', 'America/New_York')).toBe('00:00')
  })
  it.each([
    ['en', 12 * 60_000, '12 minutes'],
    ['en', 1_000, '1 minute'],
    ['pt', 12 * 60_000, '12 minutos'],
    ['es', 60_000, '1 minuto'],
    ['en', 3 * 3_600_000, '3 hours'],
  ] as const)('%s: %s ms are %s', (language, ms, expected) => {
    expect(duration(ms, language)).toBe(expected)
  })
})

describe.each(LANGUAGES)('the catalogue of %s', (language) => {
  // Whatever a sentence is to say, it can say; what it has asked for is known.
  const asked = new Set<string>()
  const of = new Proxy<Record<string, string | number>>(
    { count: 2, from: 1, to: 2, minutes: 2, photos: 2, documents: 1 },
    {
      get(numbers, key) {
        asked.add(String(key))
        return numbers[String(key)] ?? `{${String(key)}}`
      },
    },
  )
  const sentences = (value: unknown): string[] => {
    if (typeof value === 'string') return [value]
    if (typeof value === 'function') return [String(value(of))]
    return typeof value === 'object' && value !== null ? Object.values(value).flatMap(sentences) : []
  }
  const { buttons } = REPLIES[language]

  const saidBy = (replies: unknown, path = ''): [string, string[]][] => {
    if (typeof replies === 'function') {
      asked.clear()
      replies(of)
      return [[path, [...asked].sort()]]
    }
    if (typeof replies !== 'object' || replies === null) return [[path, []]]
    return Object.entries(replies).flatMap(([key, value]) => saidBy(value, `${path}.${key}`))
  }

  it('says everything that English says, and asks for nothing else', () => {
    expect(saidBy(REPLIES[language])).toEqual(saidBy(REPLIES.en))
  })
  it('has no empty and no unfinished sentence', () => {
    for (const sentence of sentences(REPLIES[language])) expect(sentence).toMatch(/^(?!.*undefined)[\s\S]*\S/)
  })
  it('fits its titles into buttons', () => {
    for (const title of [...Object.values(buttons), REPLIES[language].orders.listButton])
      expect(title.length).toBeLessThanOrEqual(20)
  })
  it('is no copy of another language', () => {
    const others = LANGUAGES.filter((other) => other !== language).map((other) => sentences(REPLIES[other]))
    const same = sentences(REPLIES[language]).filter(
      (sentence) => sentence.length > 30 && others.some((list) => list.includes(sentence)),
    )
    expect(same).toEqual([])
  })
})
