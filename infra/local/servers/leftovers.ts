import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { killGroup } from './child-process.ts'

const PATIENCE_MS = 10_000

export function rememberProcess(pidDir: string, name: string, pid: number): void {
  mkdirSync(pidDir, { recursive: true })
  writeFileSync(join(pidDir, `${name}.pid`), `${pid} ${startTime(pid)}\n`)
}

export function forgetProcess(pidDir: string, name: string): void {
  rmSync(join(pidDir, `${name}.pid`), { force: true })
}

/** The process that was written down under this name, if it is still the same one. */
export function runningProcess(pidDir: string, name: string): number | undefined {
  try {
    const [pid, startedAt] = readFileSync(join(pidDir, `${name}.pid`), 'utf8')
      .trim()
      .split(' ')
    return startedAt !== undefined && startTime(Number(pid)) === startedAt ? Number(pid) : undefined
  } catch {
    return undefined
  }
}

/** Ends what a launcher that was killed has left behind. */
export async function endLeftovers(pidDir: string): Promise<void> {
  if (!existsSync(pidDir)) return
  const names = readdirSync(pidDir).flatMap((file) => (file.endsWith('.pid') ? [file.slice(0, -4)] : []))
  await Promise.all(names.map((name) => endLeftover(pidDir, name)))
}

async function endLeftover(pidDir: string, name: string) {
  const deadline = Date.now() + PATIENCE_MS
  for (let pid = runningProcess(pidDir, name); pid; pid = runningProcess(pidDir, name)) {
    killGroup(pid, Date.now() < deadline ? 'SIGTERM' : 'SIGKILL')
    killGroup(pid, 'SIGCONT')
    await delay(50)
  }
  forgetProcess(pidDir, name)
}

// A pid is used again, but not with the same start: ticks since boot, field 22 of proc(5) stat, behind a name
// that may hold spaces. Zombies have ended.
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}
