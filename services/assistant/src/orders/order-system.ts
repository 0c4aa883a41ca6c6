import type { Place, ProofPart } from '@waybill/database'

/** A stop of the day, as the order system describes it. */
export type Order = {
  id: string
  customer: { name: string; phone?: string | undefined }
  /** `map_url`: only where it leads to a host that is allowed. */
  address: {
    line: string
    lat?: number | undefined
    lng?: number | undefined
    map_url?: string | undefined
  }
  /** ISO 8601 with offset. */
  window: { start: string; end: string }
  status: string
  sequence: number
  instructions?: string | undefined
  items: { name: string; quantity: number }[]
  notes?: string | undefined
}

/** A day as the order system plans it, in the order in which it is driven. */
export type DayPlan = {
  orders: Order[]
  /** For the driver, about the day as a whole. */
  notes?: string | undefined
  /** In one line, by language (`en`, `pt`, `es`) or in the only one that there is. */
  weather?: string | Readonly<Record<string, string>> | undefined
}

/** What a driver says of the route of a day. */
export type RouteDecision = {
  driverId: string
  /** `yyyy-mm-dd` */
  date: string
  decision: { kind: 'accept' } | { kind: 'decline'; reason: string }
  idempotencyKey: string
}

/** What a driver reports of a stop. `problem`: it could not be delivered. Times in ms. */
export type StatusReport = {
  driverId: string
  orderId: string
  status: 'arrived' | 'delivered' | 'problem' | 'running_late'
  reason?: 'closed' | 'wrong_address' | 'refused' | 'damaged' | 'no_access' | 'other' | undefined
  /** Where it was left, and with whom. */
  place?: string | undefined
  with?: string | undefined
  minutesLate?: number | undefined
  eta?: number | undefined
  /** In the driver's own words. */
  note?: string | undefined
  /** When the driver said so. */
  at: number
  idempotencyKey: string
}

/** A proof of delivery: what it consists of, and what speaks for it. Its files have been put before it. */
export type ProofOfDelivery = {
  driverId: string
  orderId: string
  proofId: string
  /** Where the driver was, and how far that is from the stop, as far as it is known. */
  place: Place | undefined
  distanceM: number | undefined
  parts: readonly ProofPart[]
  idempotencyKey: string
}
/** Of one driver's proof; `sha256` names it, in hex. */
export type ProofFile = {
  driverId: string
  proofId: string
  sha256: string
  contentType: string
  bytes: Uint8Array
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
  /** The day of a driver on a local date (`yyyy-mm-dd`). */
  dayOf(driverId: string, date: string, signal: AbortSignal): Promise<DayPlan>
  /** `idempotencyKey` makes asking twice one confirmation. */
  confirm(
    command: { driverId: string; orderId: string; idempotencyKey: string },
    signal: AbortSignal,
  ): Promise<ConfirmOutcome>
  /** A later decision for the same day replaces an earlier one, where the order system lets it. */
  decideRoute(decision: RouteDecision, signal: AbortSignal): Promise<ConfirmOutcome>
  reportStatus(report: StatusReport, signal: AbortSignal): Promise<ConfirmOutcome>
  /** Putting a file twice is putting it once. */
  putProofFile(file: ProofFile, signal: AbortSignal): Promise<ConfirmOutcome>
  /** Parts that come later are added to the proof; a proof that comes for another order has moved to it. */
  attachProof(proof: ProofOfDelivery, signal: AbortSignal): Promise<ConfirmOutcome>
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
