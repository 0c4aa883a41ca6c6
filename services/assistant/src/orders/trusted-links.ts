import type { DayPlan, Order } from './order-system.ts'

/** Keeps links to maps only where they lead to an allowed host: drivers tap on what is sent to them. */
export function withTrustedLinks(day: DayPlan, hosts: readonly string[]): DayPlan {
  return { ...day, orders: day.orders.map((order) => withTrustedLink(order, hosts)) }
}

function withTrustedLink(order: Order, hosts: readonly string[]): Order {
  const { map_url, ...address } = order.address
  return map_url !== undefined && isTrusted(map_url, hosts) ? order : { ...order, address }
}

function isTrusted(link: string, hosts: readonly string[]): boolean {
  const url = URL.parse(link)
  return (
    url !== null &&
    url.protocol === 'https:' &&
    url.username === '' &&
    url.password === '' &&
    hosts.includes(url.host) &&
    link.length <= 500 &&
    !/\s/.test(link)
  )
}
