import { createBreaker } from '@waybill/resilience'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { ConfirmOutcome, Order, OrderSystem, RouteDecision } from './order-system.ts'

type Deps = { system: OrderSystem; timeoutMs: number; registry: Registry; log: Logger }

export type ReachableOrders = Disposable & {
  ordersOf(driverId: string, date: string): Promise<Order[]>
  confirm(command: { driverId: string; orderId: string; idempotencyKey: string }): Promise<ConfirmOutcome>
  decideRoute(decision: RouteDecision): Promise<ConfirmOutcome>
}

/** The order system behind breakers: one for reads and one for writes, so that neither takes the other down. */
export function reachOrderSystem({ system, timeoutMs, registry, log }: Deps): ReachableOrders {
  const options = { timeoutMs, registry, log }
  const reads = createBreaker({ ...options, name: 'orders-read' }, (signal, driverId: string, date: string) =>
    system.ordersOf(driverId, date, signal),
  )
  const writes = createBreaker(
    { ...options, name: 'orders-write' },
    (signal, write: (signal: AbortSignal) => Promise<ConfirmOutcome>) => write(signal),
  )
  return {
    ordersOf: (driverId, date) => reads.call(driverId, date),
    confirm: (command) => writes.call((signal) => system.confirm(command, signal)),
    decideRoute: (decision) => writes.call((signal) => system.decideRoute(decision, signal)),
    [Symbol.dispose]() {
      reads[Symbol.dispose]()
      writes[Symbol.dispose]()
    },
  }
}
