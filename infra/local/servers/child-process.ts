import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Account } from './account.ts'
import { forgetProcess, rememberProcess } from './leftovers.ts'

export type ChildProcess = {
  readonly name: string
  readonly pid: number
  /** Resolves with the reason when it has ended: `exit code 1`, `SIGKILL`. */
  readonly ended: Promise<string>
  readonly hasEnded: () => boolean
  /** To the whole process group. */
  signal(signal: NodeJS.Signals): void
  /** Asks it to end, and kills it when that takes too long. */
  stop(signal?: NodeJS.Signals, patienceMs?: number): Promise<void>
}

export type Command = {
  name: string
  program: string
  args: readonly string[]
  env: Readonly<Record<string, string>>
  cwd: string
  logFile: string
  /** Where its pid is written down, so that a later start can end what a crash left behind. */
  pidDir: string
  account?: Account | undefined
}

const STOP_MS_MAX = 10_000
const READY_MS_MAX = 60_000

/**
 * Starts a program in a process group of its own, so that Ctrl-C reaches only the launcher. The kernel
 * sends it SIGTERM when the launcher dies in any other way.
 */
export async function startChild(command: Command): Promise<ChildProcess> {
  const { name, program, args, env, cwd, account } = command
  mkdirSync(dirname(command.logFile), { recursive: true })
  const log = openSync(command.logFile, 'a')
  const asAccount = account ? [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'] : []
  const child = spawn('setpriv', ['--pdeathsig=TERM', ...asAccount, program, ...args], {
    cwd,
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', ...env },
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)

  let hasEnded = false
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      hasEnded = true
      forgetProcess(command.pidDir, name)
      resolve(signal ?? `exit code ${code}`)
    })
  })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (cause) => reject(new Error(`could not start ${program}`, { cause })))
  })
  const pid = child.pid ?? 0
  rememberProcess(command.pidDir, name, pid)

  function signal(it: NodeJS.Signals) {
    if (!hasEnded) killGroup(pid, it)
  }
  async function stop(it: NodeJS.Signals = 'SIGTERM', patienceMs = STOP_MS_MAX) {
    signal(it)
    signal('SIGCONT') // a frozen process would never see the first
    await Promise.race([ended, delay(patienceMs, undefined, { ref: false })])
    signal('SIGKILL')
    await ended
  }
  return { name, pid, ended, hasEnded: () => hasEnded, signal, stop }
}

/** The group may have ended between the check and the signal. */
export function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch {}
}

/** The end of a log file, to say why something has ended. */
export function logTail(file: string, lines = 8): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n')
  } catch {
    return ''
  }
}

/** Polls until the child answers. Rejects with its last words when it ends first, or after a minute. */
export async function waitUntilReady(
  child: ChildProcess,
  logFile: string,
  probe: () => Promise<boolean>,
  signal?: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + READY_MS_MAX
  while (!child.hasEnded() && Date.now() < deadline) {
    signal?.throwIfAborted()
    if (await probe().catch(() => false)) return
    await Promise.race([delay(25), child.ended])
  }
  const what = child.hasEnded()
    ? `${child.name} ended at once`
    : `${child.name} was not ready within ${READY_MS_MAX / 1_000} s`
  throw new Error(`${what}. Its log (${logFile}) ends with:\n${logTail(logFile)}`)
}
