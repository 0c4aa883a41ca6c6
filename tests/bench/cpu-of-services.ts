import type { BenchStack } from './bench-stack.ts'
import { busyMsOfMachine, cpuMsOf } from './process-usage.ts'

/** What each service takes of the cores from now on: the result says it of so many turns or messages, in a note. */
export function meterServices({ stack }: Pick<BenchStack, 'stack'>): (count: number) => string {
  const before = stack.processes.map(({ service, pid }) => ({ service, pid, cpuMs: cpuMsOf(pid) }))
  const busyBefore = busyMsOfMachine()
  return (count) => {
    const used = Map.groupBy(before, ({ service }) => service)
    const services = [...used].map(([service, processes]) => {
      const cpuMs = processes.reduce((sum, it) => sum + cpuMsOf(it.pid) - it.cpuMs, 0)
      return { service, each: cpuMs / count }
    })
    const all = (busyMsOfMachine() - busyBefore) / count
    const parts = services.map(({ service, each }) => `${service} ${each.toFixed(1)}`)
    const rest = all - services.reduce((sum, { each }) => sum + each, 0)
    return `ms of CPU for each: ${parts.join(', ')}; everything else on the machine ${rest.toFixed(1)}`
  }
}
