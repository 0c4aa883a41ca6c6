import { describe, expect, it } from '@jest/globals'
import type { Order } from './order-system.ts'
import { isNamedIn, resolveOrder } from './resolve-order.ts'

const order = (id: string, name: string): Order => ({
  id,
  customer: { name },
  address: { line: '1 Main St' },
  window: { start: '2026-11-23T12:00:00-05:00', end: '2026-11-23T13:00:00-05:00' },
  status: 'assigned',
  sequence: 1,
  items: [],
})
const orders = [
  order('12345', 'Tech Corp Inc'),
  order('12346', 'Westside Restaurant'),
  order('12347', 'Farmácia São João'),
  order('12348', 'Tech Solutions'),
]
const listed = ['12346', '12345', '12347', '12348']

it.each([
  ['12345', ['12345']],
  ['#12345', ['12345']],
  ['order #12345', ['12345']],
  ['pedido 12345', ['12345']],
  ['1', ['12346']],
  ['the second', ['12345']],
  ['9', []],
  ['99999', []],
  ['westside', ['12346']],
  ['Westside Restaurant', ['12346']],
  ['farmacia', ['12347']],
  ['FARMÁCIA SAO JOAO', ['12347']],
  ['tech', ['12345', '12348']],
  ['tech corp', ['12345']],
  ['the restaurant', ['12346']],
  ['o restaurante', ['12346']],
  ['the pharmacy', ['12347']],
  ['la farmacia', ['12347']],
  ['acme', []],
  ['', []],
  ['#', []],
])('%s', (ref, ids) => {
  expect(resolveOrder(ref, orders, listed).map(({ id }) => id)).toEqual(ids)
})

describe('an order is named by', () => {
  it.each([
    ['confirm 12345', true],
    ['confirm #12345 please', true],
    ['confirm the second one', true],
    ['confirm 2', true],
    ['confirm corp', true],
    ['confirm tech', false],
    ['confirm it', false],
    ['confirm 123456', false],
    ['confirm 1', false],
    ['confirm westside', false],
    ['confirm 1 and 2', false],
  ])('%s', (words, expected) => {
    const [techCorp] = orders
    expect(techCorp && isNamedIn(words, techCorp, orders, listed)).toBe(expected)
  })
})
