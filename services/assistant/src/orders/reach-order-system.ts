import { createBreaker } from '@waybill/resilience'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type {
  ConfirmOutcome,
  DayPlan,
  OrderSystem,
  ProofFile,
  ProofOfDelivery,
  RouteDecision,
  StatusReport,
} from './order-system.ts'
import { withTrustedLinks } from './trusted-links.ts'

/** A photo takes longer than a word. */
const FILE_TIMES = 5

type Deps = {
  system: OrderSystem
  mapHosts: readonly string[]
  timeoutMs: number
  registry: Registry
  log: Logger
}

export type ReachableOrders = Disposable & {
  dayOf(driverId: string, date: string): Promise<DayPlan>
  confirm(command: { driverId: string; orderId: string; idempotencyKey: string }): Promise<ConfirmOutcome>
  decideRoute(decision: RouteDecision): Promise<ConfirmOutcome>
  reportStatus(report: StatusReport): Promise<ConfirmOutcome>
  putProofFile(file: ProofFile): Promise<ConfirmOutcome>
  attachProof(proof: ProofOfDelivery): Promise<ConfirmOutcome>
}

/** The order system behind breakers: for reads, for writes and for files, so that none takes another down. */
export function reachOrderSystem({ system, mapHosts, timeoutMs, registry, log }: Deps): ReachableOrders {
  const options = { timeoutMs, registry, log }
  const reads = createBreaker({ ...options, name: 'orders-read' }, (signal, driverId: string, date: string) =>
    system.dayOf(driverId, date, signal).then((day) => withTrustedLinks(day, mapHosts)),
  )
  const writes = createBreaker(
    { ...options, name: 'orders-write' },
    (signal, write: (signal: AbortSignal) => Promise<ConfirmOutcome>) => write(signal),
  )
  const files = createBreaker(
    { ...options, name: 'orders-files', timeoutMs: timeoutMs * FILE_TIMES },
    (signal, file: ProofFile) => system.putProofFile(file, signal),
  )
  return {
    dayOf: (driverId, date) => reads.call(driverId, date),
    confirm: (command) => writes.call((signal) => system.confirm(command, signal)),
    decideRoute: (decision) => writes.call((signal) => system.decideRoute(decision, signal)),
    reportStatus: (report) => writes.call((signal) => system.reportStatus(report, signal)),
    putProofFile: (file) => files.call(file),
    attachProof: (proof) => writes.call((signal) => system.attachProof(proof, signal)),
    [Symbol.dispose]() {
      files[Symbol.dispose]()
      reads[Symbol.dispose]()
      writes[Symbol.dispose]()
    },
  }
}
