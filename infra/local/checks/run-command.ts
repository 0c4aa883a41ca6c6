import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { CHECKOUT } from '../launcher.ts'
import { killGroup } from '../servers/child-process.ts'

export type CommandResult = { isOk: boolean; output: string; tookMs: number }

type Options = { env?: Record<string, string>; signal: AbortSignal; onLine?: (line: string) => void }

/** Runs a program of the checkout and collects what it prints. Aborting ends it with all it has started. */
export async function runCommand(
  program: string,
  args: readonly string[],
  { env, signal, onLine }: Options,
): Promise<CommandResult> {
  signal.throwIfAborted()
  const since = performance.now()
  const child = spawn('setpriv', ['--pdeathsig=TERM', program, ...args], {
    cwd: CHECKOUT,
    env: {
      ...process.env,
      ...env,
      PATH: `${join(CHECKOUT, 'node_modules/.bin')}${delimiter}${process.env.PATH ?? ''}`,
    },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const abort = () => killGroup(child.pid ?? 0, 'SIGTERM')
  signal.addEventListener('abort', abort)
  const lines: string[] = []
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      lines.push(line)
      onLine?.(line)
    })
  }
  const [code] = await once(child, 'close')
  signal.removeEventListener('abort', abort)
  signal.throwIfAborted()
  return { isOk: code === 0, output: lines.join('\n'), tookMs: performance.now() - since }
}
