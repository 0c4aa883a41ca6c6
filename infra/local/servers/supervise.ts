import { type ChildProcess, type Command, logTail, startChild, waitUntilReady } from './child-process.ts'

export type UnexpectedEnd = {
  name: string
  reason: string
  /** It gave up by itself; otherwise somebody has killed or stopped it. */
  isCrash: boolean
  logTail: string
  /** Starts it again under the same name. */
  restart: () => Promise<void>
}

type Options = {
  command: Command
  isReady: () => Promise<boolean>
  stopSignal?: NodeJS.Signals | undefined
  /** How long it may take to stop before it is killed. */
  patienceMs?: number | undefined
  onUnexpectedEnd?: ((end: UnexpectedEnd) => void) | undefined
  /** Gives up waiting for it to be ready. */
  signal?: AbortSignal | undefined
}

/** A program that is started, killed and started again under one name. */
export type Supervised = {
  readonly pid: number
  /** Resolves when it is ready. */
  start(): Promise<void>
  stop(): Promise<void>
  /** Resolves with how it has ended, `exit code 0` or `SIGKILL`; at once for signals that end nothing. */
  kill(signal: NodeJS.Signals): Promise<string | undefined>
  /** Stops it if it runs, and starts it. */
  restart(): Promise<void>
}

const ENDING: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGKILL']

export function supervise({
  command,
  isReady,
  stopSignal,
  patienceMs,
  onUnexpectedEnd,
  signal,
}: Options): Supervised {
  let child: ChildProcess | undefined
  let isEndExpected = true

  async function start() {
    const started = await startChild(command)
    child = started
    await waitUntilReady(started, command.logFile, isReady, signal)
    isEndExpected = false
    void started.ended.then((reason) => {
      if (isEndExpected) return
      const { name, logFile } = command
      const isCrash = reason.startsWith('exit code') && reason !== 'exit code 0'
      onUnexpectedEnd?.({ name, reason, isCrash, logTail: logTail(logFile), restart: start })
    })
  }
  async function stop() {
    isEndExpected = true
    await child?.stop(stopSignal, patienceMs)
  }
  return {
    get pid() {
      return child?.pid ?? 0
    },
    start,
    stop,
    async kill(signal) {
      const isEnd = ENDING.includes(signal)
      if (isEnd) isEndExpected = true
      child?.signal(signal)
      return isEnd ? child?.ended : undefined
    },
    async restart() {
      await stop()
      await start()
    },
  }
}
