import { normalize, numberIn } from '../understand/normalize.ts'
import type { Order } from './order-system.ts'

/**
 * The orders that a reference may mean, among the driver's own: an id, `#id`, a place in the list that the
 * driver saw last, or words of the customer's name. None, one or several.
 */
export function resolveOrder(ref: string, orders: readonly Order[], listedIds: readonly string[]): Order[] {
  const wanted = normalize(ref)
  const id = wanted.replace(/^(?:order|pedido|orden)\b/, '').replace(/[#\s]/g, '')
  const byId = orders.filter((order) => order.id.toLowerCase() === id)
  if (byId.length > 0) return byId

  const place = numberIn(wanted)
  if (place !== undefined) {
    const listed = orders.filter((order) => order.id === listedIds[place - 1])
    return listed.length > 0 || /^\d+$/.test(id) ? listed : byName(wanted, orders)
  }
  return byName(wanted, orders)
}

function byName(wanted: string, orders: readonly Order[]): Order[] {
  if (wanted === '') return []
  const named = orders.map((order) => ({ order, name: normalize(order.customer.name) }))
  const exact = named.filter(({ name }) => name === wanted)
  if (exact.length > 0) return exact.map(({ order }) => order)
  const containing = named.filter(({ name }) => name.includes(wanted) || wanted.includes(name))
  if (containing.length > 0) return containing.map(({ order }) => order)
  const words = new Set(significantWords(wanted))
  return named
    .filter(({ name }) => significantWords(name).some((word) => words.has(word)))
    .map(({ order }) => order)
}

/** Do the driver's own words name this order? What a model read into them does not count. */
export function isNamedIn(
  words: string,
  order: Order,
  orders: readonly Order[],
  listedIds: readonly string[],
): boolean {
  const said = normalize(words)
  if (new RegExp(`(?<![\\p{L}\\d])${escapeRegExp(order.id.toLowerCase())}(?![\\p{L}\\d])`, 'u').test(said))
    return true
  if (
    numberIn(said.replace(/\b\d{3,}\b/g, '')) === listedIds.indexOf(order.id) + 1 &&
    listedIds.includes(order.id)
  ) {
    return true
  }
  const saidWords = new Set(significantWords(said))
  const matching = orders.filter((other) =>
    significantWords(normalize(other.customer.name)).some((word) => saidWords.has(word)),
  )
  return matching.length === 1 && matching[0]?.id === order.id
}

const FILLER = new Set([
  'the',
  'for',
  'inc',
  'ltd',
  'llc',
  'and',
  'order',
  'pedido',
  'orden',
  'del',
  'los',
  'las',
  'dos',
  'das',
  'para',
])

function significantWords(text: string): string[] {
  return text.split(' ').filter((word) => word.length >= 3 && !FILLER.has(word))
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
