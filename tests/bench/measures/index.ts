import type { Measure } from '../measure.ts'
import { ackLatency } from './ack-latency.ts'
import { cost } from './cost.ts'
import { durableAcks } from './durable-acks.ts'

/** In the order in which they run, and stand in the table. */
export const MEASURES: readonly Measure[] = [durableAcks, ackLatency, cost]
