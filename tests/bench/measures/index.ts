import type { Measure } from '../measure.ts'
import { ackLatency } from './ack-latency.ts'
import { backlog } from './backlog.ts'
import { checkInBurst } from './check-in-burst.ts'
import { cost } from './cost.ts'
import { durableAcks } from './durable-acks.ts'
import { guardrailChecks } from './guardrail-checks.ts'
import { memory } from './memory.ts'
import { ownShare } from './own-share.ts'
import { recordedRows } from './recorded-rows.ts'
import { slowModel } from './slow-model.ts'
import { turnRate } from './turn-rate.ts'

/** In the order in which they run, and stand in the table. */
export const MEASURES: readonly Measure[] = [
  durableAcks,
  ackLatency,
  recordedRows,
  turnRate,
  slowModel,
  ownShare,
  checkInBurst,
  backlog,
  memory,
  guardrailChecks,
  cost,
]
