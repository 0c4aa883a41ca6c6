import { type ChildProcess, type Command, logTail, startChild, waitUntilReady } from './child-process.ts'

export type UnexpectedEnd = { name: string; reason: string; logTail: string }

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
  /** Resolves when it has ended; at once for signals that end nothing. */
  kill(signal: NodeJS.Signals): Promise<void>
  /** Stops it if it runs, and starts it. */
  restart(): Promise<void>
}

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
      if (!isEndExpected) onUnexpectedEnd?.({ name: command.name, reason, logTail: logTail(command.logFile) })
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
      const isEnd = signal !== 'SIGSTOP' && signal !== 'SIGCONT'
      if (isEnd) isEndExpected = true
      child?.signal(signal)
      if (isEnd) await child?.ended
    },
    async restart() {
      await stop()
      await start()
    },
  }
}
