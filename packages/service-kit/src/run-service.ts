import { once } from 'node:events'

const STOP_MS_MAX = 25_000 // Kubernetes kills at 30 s

/**
 * Starts a service, waits for SIGTERM or SIGINT, then disposes it and exits with 0. What keeps it from starting is
 * one readable sentence on stderr and exit code 1; so is a stop that takes longer than 25 s, or a second signal.
 */
export async function runService(start: (signal: AbortSignal) => Promise<AsyncDisposable>): Promise<void> {
  const stopping = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (stopping.signal.aborted) fail('stopped at once: a second signal came')
      stopping.abort(name)
      setTimeout(() => fail(`did not stop within ${STOP_MS_MAX / 1_000} s`), STOP_MS_MAX).unref()
    })
  }
  process.on('uncaughtException', (error) => fail(`crashed: ${error.stack ?? error.message}`))

  try {
    await using _service = await start(stopping.signal)
    if (!stopping.signal.aborted) await once(stopping.signal, 'abort')
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error))
  }
  process.exit(0)
}

function fail(reason: string): never {
  process.stderr.write(`${reason}\n`)
  process.exit(1)
}
