/** A stop of the day, as the order system describes it. */
export type Order = {
  id: string
  customer: { name: string; phone?: string | undefined }
  address: { line: string; lat?: number | undefined; lng?: number | undefined }
  /** ISO 8601 with offset. */
  window: { start: string; end: string }
  status: string
  sequence: number
  instructions?: string | undefined
  items: { name: string; quantity: number }[]
  notes?: string | undefined
}

/** What a driver says of the route of a day. */
export type RouteDecision = {
  driverId: string
  /** `yyyy-mm-dd` */
  date: string
  decision: { kind: 'accept' } | { kind: 'decline'; reason: string }
  idempotencyKey: string
}

export type ConfirmOutcome =
  | { kind: 'done' }
  /** Will never be taken, whoever asks again. */
  | { kind: 'rejected'; reason: string }

/**
 * The company's order system, the port that an integrator implements. Every call throws when the system could
 * not be reached or did not answer as agreed; what it says about an order is a result and never an error.
 */
export type OrderSystem = {
  /** Orders of a driver on a local date (`yyyy-mm-dd`), in the order in which they are driven. */
  ordersOf(driverId: string, date: string, signal: AbortSignal): Promise<Order[]>
  /** `idempotencyKey` makes asking twice one confirmation. */
  confirm(
    command: { driverId: string; orderId: string; idempotencyKey: string },
    signal: AbortSignal,
  ): Promise<ConfirmOutcome>
  /** A later decision for the same day replaces an earlier one, where the order system lets it. */
  decideRoute(decision: RouteDecision, signal: AbortSignal): Promise<ConfirmOutcome>
}

/** The order system told when to come back. */
export class ComeBackLaterError extends Error {
  override name = 'ComeBackLaterError'
  readonly delayMs: number

  constructor(message: string, delayMs: number) {
    super(message)
    this.delayMs = delayMs
  }
}
