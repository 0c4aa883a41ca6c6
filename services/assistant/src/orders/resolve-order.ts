import { normalize, numberIn } from '../understand/normalize.ts'
import { kindsIn } from './kinds-of-places.ts'
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
  const sharing = named.filter(({ name }) => significantWords(name).some((word) => words.has(word)))
  if (sharing.length > 0) return sharing.map(({ order }) => order)
  const alike = named.filter(({ name }) => isOfKind(name, wanted)).map(({ order }) => order)
  return alike.length > 0 ? alike : byItem(words, orders)
}

/** "The restaurant" and "o restaurante" are the same place, whatever its sign says. */
function isOfKind(name: string, wanted: string): boolean {
  const nameWords = name.split(' ')
  return kindsIn(wanted.split(' ')).some((kind) => nameWords.some((word) => kind.has(word)))
}

/** "The laptops": by what is delivered. */
function byItem(words: ReadonlySet<string>, orders: readonly Order[]): Order[] {
  const singular = (word: string) => word.replace(/s$/, '')
  const wanted = new Set([...words].map(singular))
  return orders.filter(({ items }) =>
    items.some(({ name }) => significantWords(normalize(name)).some((word) => wanted.has(singular(word)))),
  )
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
  const sharing = orders.filter((other) =>
    significantWords(normalize(other.customer.name)).some((word) => saidWords.has(word)),
  )
  const matching =
    sharing.length > 0 ? sharing : orders.filter((other) => isOfKind(normalize(other.customer.name), said))
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
