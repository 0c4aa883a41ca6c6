import { once } from 'node:events'

const STOP_MS_MAX = 25_000 // Kubernetes kills at 30 s
const START_ABANDONED_MS = 5_000

/**
 * Starts a service, waits for SIGTERM or SIGINT, then disposes it and exits with 0. What keeps it from starting is
 * one readable sentence on stderr and exit code 1; so is a crash, a stop that takes longer than 25 s, or a second
 * signal. One that is still waiting for its broker when it is told to stop is given up after 5 s.
 */
export async function runService(start: (signal: AbortSignal) => Promise<AsyncDisposable>): Promise<void> {
  const stopping = new AbortController()
  const { signal } = stopping
  const stopped = once(signal, 'abort')
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (signal.aborted) fail('stopped at once: a second signal came')
      stopping.abort()
      setTimeout(() => fail(`did not stop within ${STOP_MS_MAX / 1_000} s`), STOP_MS_MAX).unref()
    })
  }
  // A rejection that nobody handles arrives here as well.
  process.on('uncaughtException', (error) => fail(`crashed: ${error instanceof Error ? error.stack : error}`))

  try {
    await using _service = await Promise.race([
      start(signal).catch((error: unknown) => {
        if (signal.aborted) return undefined
        throw error
      }),
      stopped.then(startAbandoned),
    ])
    await stopped
  } catch (error) {
    fail(sentenceOf(error))
  }
  process.exit(0)
}

function startAbandoned(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), START_ABANDONED_MS))
}

/** Node leaves the message empty when several addresses of one host refused the connection. */
function sentenceOf(error: unknown): string {
  if (error instanceof AggregateError && !error.message) return error.errors.map(sentenceOf).join(', ')
  return error instanceof Error ? error.message || error.name : String(error)
}

function fail(reason: string): never {
  process.stderr.write(`${reason}\n`)
  process.exit(1)
}
