import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { forgetProcess, rememberProcess, runningProcess } from './servers/leftovers.ts'

export const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url))
/** Data, logs and `stack.json`. Another directory makes another Waybill on this machine. */
export const LOCAL_DIR = process.env.WAYBILL_LOCAL ?? join(CHECKOUT, '.local')
export const STACK_FILE = join(LOCAL_DIR, 'stack.json')

/**
 * Runs a command of ours: its result is the exit code. Ctrl-C aborts the signal, and then the work decides. What
 * keeps it from working is one sentence on stderr and exit code 1.
 */
export async function runLauncher(work: (signal: AbortSignal) => Promise<number>): Promise<void> {
  const stopping = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopping.abort())
  process.stdout.on('error', () => stopping.abort()) // nobody reads on: npm start | head
  try {
    process.exitCode = await work(stopping.signal)
  } catch (error) {
    process.exitCode = stopping.signal.aborted ? 130 : 1
    if (!stopping.signal.aborted) process.stderr.write(`\n${sentenceFor(error)}\n`)
  }
}

/** A command of `@waybill/tools` as `npm run NAME --`: with its help when it is none, or when nothing is asked. */
export function runTool(
  name: string,
  help: string,
  run: (args: readonly string[]) => Promise<number>,
): Promise<void> {
  return runLauncher(async () => {
    const args = process.argv.slice(2)
    const code = await run(args)
    if (code !== 2) return code
    console.log(help.replaceAll(new RegExp(`^${name} `, 'gm'), `npm run ${name} -- `))
    return args.length === 0 ? 0 : code
  })
}

// Errors of ours are written to be read. Of any other, the developer wants to know where.
function sentenceFor(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.constructor === Error ? error.message : (error.stack ?? error.message)
}

/** One launcher per directory at a time. */
export function onlyLauncher(): Disposable {
  mkdirSync(LOCAL_DIR, { recursive: true })
  const other = runningProcess(LOCAL_DIR, 'launcher')
  if (other)
    throw new Error(`Waybill is running here already (process ${other}): stop it with Ctrl-C there first.`)
  rememberProcess(LOCAL_DIR, 'launcher', process.pid)
  return {
    [Symbol.dispose]() {
      forgetProcess(LOCAL_DIR, 'launcher')
      if (existsSync(STACK_FILE)) rmSync(STACK_FILE)
    },
  }
}
