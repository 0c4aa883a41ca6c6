import { readFileSync } from 'node:fs'

// https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: fields 14 and 15, in ticks of 10 ms on every Linux there is.
const TICK_MS = 10

/** CPU time that a process has used since it was started, by user and system, in steps of 10 ms. */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

/** Resident memory in MB. */
export function memoryMbOf(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1_024
}

/** CPU time that everything on the machine has used since it was started. */
export function busyMsOfMachine(): number {
  const [, ...ticks] = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').split(/\s+/)
  const [user = 0, nice = 0, system = 0, _idle, _waiting, hardIrq = 0, softIrq = 0] = ticks.map(Number)
  return (user + nice + system + hardIrq + softIrq) * TICK_MS
}
