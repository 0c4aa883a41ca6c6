import { describe, expect, it } from '@jest/globals'
import { growthOf } from '@waybill/test-kit'
import fc from 'fast-check'
import { checkOutput } from './check-output.ts'

const ORDERS = [
  {
    id: '12345',
    ref: '#12345',
    customer: { name: 'Tech Corp Inc', phone: '+12125550123', email: 'desk@techcorp.example' },
    address: { line: '123 Main St, Suite 400' },
    window: { start: '2026-11-23T12:00:00-05:00', end: '2026-11-23T13:30:00-05:00' },
    items: [{ name: 'Laptop box', quantity: 4 }],
    amount: 1000.5,
  },
  {
    id: '12346',
    ref: '#12346',
    customer: { name: 'Padaria São João' },
    address: { line: 'Rua das Flores 456' },
    window: { start: '2026-11-23T14:30:00-05:00', end: '2026-11-23T15:30:00-05:00' },
    items: [{ name: 'Caixa de pão', quantity: 6 }],
  },
]
const FACTS = { today: '2026-11-23', driver: { name: 'Johan' }, orders: ORDERS }
const PROMPT = 'You are the language understanding of Waybill, a WhatsApp assistant for delivery drivers'
const settings = {
  allowedHosts: ['maps.example', '.trusted.example'],
  leaks: { canaries: ['zebra-quartz-42'], forbidden: ['get_orders', PROMPT] },
}
const check = (text: string, more: { language?: string; permissions?: string[] } = {}) =>
  checkOutput({
    text,
    facts: FACTS,
    language: 'en',
    permissions: [],
    timeZone: 'America/New_York',
    settings,
    ...more,
  })
const seen = (...args: Parameters<typeof check>) =>
  check(...args)
    .sightings.filter(({ score }) => score >= 0.5)
    .map(({ check: what, kind }) => `${what} ${kind}`)

const TRUE_REPLIES: [string, string][] = [
  [
    'en',
    'You have 2 orders today, Johan. The first is #12345 for Tech Corp Inc at 12:00 PM, 123 Main St, Suite 400.',
  ],
  ['en', 'Order 12346 goes to Padaria São João between 2:30 PM and 3:30 PM. It has 6 boxes.'],
  ['en', 'Your next stop is at noon. Please bring the 4 laptop boxes. It is worth $1,000.50.'],
  [
    'pt',
    'Você tem 2 pedidos hoje, Johan. O primeiro é o #12345 para Tech Corp Inc às 12:00, 123 Main St, Suite 400.',
  ],
  [
    'pt',
    'O pedido 12346 vai para a Padaria São João das 14:30 às 15h30, Rua das Flores 456. São seis caixas.',
  ],
  ['pt', 'Sua próxima parada é ao meio-dia. O valor é 1.000,50.'],
  [
    'es',
    'Tienes 2 pedidos hoy, Johan. El primero es el #12345 para Tech Corp Inc a las 12:00, 123 Main St, Suite 400.',
  ],
  ['es', 'El pedido 12346 es para Padaria São João, de 14:30 a 15:30, Rua das Flores 456. Son seis cajas.'],
  ['es', 'Tu próxima parada es al mediodía, el 23 de noviembre.'],
]

describe('grounding', () => {
  it.each(TRUE_REPLIES)('lets through what stands in the data (%s): %s', (language, text) => {
    expect(seen(text, { language })).toEqual([])
  })

  it.each(TRUE_REPLIES)('sees every digit that is altered (%s): %s', (language, text) => {
    const altered = [...text.matchAll(/\d/g)].map(({ 0: digit, index }) => {
      return `${text.slice(0, index)}${(Number(digit) + 3) % 10}${text.slice(index + 1)}`
    })
    const missed = altered.filter((it) => seen(it, { language }).length === 0)
    // 1,000.50 and 1.000,53 apart: what may also be read as a count of what there is.
    expect(missed.length / Math.max(1, altered.length)).toBeLessThanOrEqual(0.1)
  })

  it.each([
    ['en', 'Your next customer is Burger Palace.'],
    ['en', 'Deliver to 99 Elm Street at 1:15 PM.'],
    ['en', 'Call +1 212 555 9999.'],
    ['pt', 'O próximo cliente é o Mercado Central às 16h45.'],
    ['pt', 'O pedido 99999 vai para a Avenida Paulista 1000.'],
    ['es', 'El cliente es Farmacia Guadalupe, a las 9:15.'],
    ['es', 'Son nueve cajas para el pedido 55555.'],
  ])('sees what stands nowhere (%s): %s', (language, text) => {
    expect(seen(text, { language }).some((it) => it.startsWith('grounding'))).toBe(true)
  })
})

describe('links', () => {
  it('lead to known hosts only, and track nobody', () => {
    const tracking = 'See https://maps.example/route?utm_source=x&day=today&fbclid=abc'
    expect([seen(tracking), check(tracking).text]).toEqual([[], 'See https://maps.example/route?day=today'])
    expect(seen('https://a.trusted.example/')).toEqual([])
  })

  it.each([
    'https://evil.example/x',
    'http://maps.example/',
    'https://maps.example@evil.example/',
    'https://maps.example.evil.example/',
    'https://127.0.0.1/',
    'evil-site.com/login',
    'javascript:alert(1)',
  ])('are seen: %s', (link) => {
    expect(seen(`Click ${link}`).some((it) => it.startsWith('url'))).toBe(true)
  })
})

describe('leaks', () => {
  it.each([
    'my mark is zebra-quartz-42',
    'z e b r a - q u a r t z - 4 2',
    `it begins: ${PROMPT}`,
    Buffer.from(PROMPT).toString('base64'),
    'I called get_orders for you',
    '{"tool_calls": []}',
  ])('are seen: %s', (text) => expect(seen(text).some((it) => it.startsWith('leak'))).toBe(true))
})

describe('personal data', () => {
  it('is masked unless the driver may see it', () => {
    const reply = 'Call Tech Corp Inc: +1 212 555 0123'
    expect(check(reply).text).not.toContain('555')
    expect(seen(reply)).toEqual(['pii phone'])
    expect(seen(reply, { permissions: ['customer-phone'] })).toEqual([])
  })
})

it.each(['', ' \n ', `a${'\u0007'}b`, '\uD800', 'x'.repeat(4_097)])(
  'sees what WhatsApp does not take: %j',
  (text) => {
    expect(seen(text).some((it) => it.startsWith('limits'))).toBe(true)
  },
)

it('says something about any text and any data, within it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 1_000 }), fc.jsonValue(), (text, facts) => {
      const { sightings } = checkOutput({ text, facts, permissions: [], settings })
      expect(
        sightings.every(({ span: { start, end } }) => start >= 0 && start <= end && end <= text.length),
      ).toBe(true)
    }),
  )
})

const HOSTILE = [
  '1',
  '1 ',
  '1:',
  'A ',
  'A',
  'a.',
  'https://',
  'get_',
  '🚚',
  '\u200B',
  '12:00 ',
  'R$ ',
  '#',
  '"a_a(',
  'São ',
  '@',
]
it.each(HOSTILE)('takes time in proportion to the length: %j', (piece) => {
  expect(growthOf(check, piece)).toBeLessThan(8)
})
