import { type Fleet, type Pool, readBacklog, readFleet, readLanes } from '@waybill/database'
import { Gauge, type Registry } from 'prom-client'

type Deps = { pool: Pool; registry: Registry; onError: (error: unknown) => void }

/** Gauges of what stands in PostgreSQL, read when Prometheus asks. While it can't be read there are none: no news is not zero. */
export function exposeBacklog({ pool, registry, onError }: Deps): void {
  const registers = [registry]
  const orNothing = (error: unknown) => {
    onError(error)
    return []
  }
  let backlog: ReturnType<typeof readBacklog> | undefined
  // Both gauges of one scrape are of one look.
  const look = () => {
    backlog ??= readBacklog(pool).catch(orNothing)
    return backlog
  }
  new Gauge({
    name: 'waybill_backlog',
    help: 'Rows that wait: messages without an answer, replies and broadcasts not accepted, order commands, notices, check-ins',
    labelNames: ['work'],
    registers,
    async collect() {
      this.reset()
      for (const { work, waiting } of await look()) this.set({ work }, waiting)
    },
  })
  new Gauge({
    name: 'waybill_backlog_oldest_seconds',
    help: 'How long the oldest of them has waited; 0 when nothing waits',
    labelNames: ['work'],
    registers,
    async collect() {
      this.reset()
      for (const { work, oldestSeconds } of await look()) this.set({ work }, oldestSeconds)
      backlog = undefined
    },
  })
  new Gauge({
    name: 'waybill_lanes',
    help: 'Lanes with work: leased (somebody is on it), backing-off, or waiting for somebody',
    labelNames: ['lane', 'state'],
    registers,
    async collect() {
      this.reset()
      for (const { kind, state, lanes } of await readLanes(pool).catch(orNothing))
        this.set({ lane: kind, state }, lanes)
    },
  })
  let fleet: Promise<Fleet | undefined> | undefined
  const count = () => {
    fleet ??= readFleet(pool).catch((error: unknown) => {
      onError(error)
      return undefined
    })
    return fleet
  }
  new Gauge({
    name: 'waybill_drivers',
    help: 'Drivers by status',
    labelNames: ['status'],
    registers,
    async collect() {
      this.reset()
      for (const [status, drivers] of Object.entries((await count())?.drivers ?? {}))
        this.set({ status }, drivers)
    },
  })
  new Gauge({
    name: 'waybill_conversations_active',
    help: 'Conversations in which somebody has written within 24 hours',
    registers,
    async collect() {
      this.remove()
      const counted = await count()
      if (counted) this.set(counted.conversationsActive)
      fleet = undefined
    },
  })
}
