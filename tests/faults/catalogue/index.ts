import { BROKER_FAULTS } from './broker.ts'
import { CLUSTER_FAULTS } from './cluster.ts'
import { DEPLOY } from './deploy.ts'
import type { Fault } from './fault.ts'
import { POSTGRES_FAULTS } from './postgres.ts'
import { PROCESS_FAULTS } from './processes.ts'
import { REDIS_FAULTS } from './redis.ts'
import { RESTORE_POSTGRES } from './restore-postgres.ts'
import { TRAFFIC_FAULTS } from './traffic.ts'
import { UPSTREAM_FAULTS } from './upstreams.ts'

/** By what they break: two of one group would heal each other. */
export const GROUPS: readonly (readonly Fault[])[] = [
  PROCESS_FAULTS,
  BROKER_FAULTS,
  POSTGRES_FAULTS,
  REDIS_FAULTS,
  UPSTREAM_FAULTS,
  TRAFFIC_FAULTS,
]

export const FAULTS: readonly Fault[] = [...GROUPS.flat(), RESTORE_POSTGRES, ...CLUSTER_FAULTS, DEPLOY]
