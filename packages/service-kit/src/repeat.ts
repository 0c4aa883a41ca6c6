import { setTimeout as delay } from 'node:timers/promises'

type Job = {
  intervalMs: number
  /** After a failure: doubled with each further one, up to `max`. Without it a failed run changes nothing. */
  againMs?: { min: number; max: number }
  /** The signal is aborted on disposal. */
  run: (signal: AbortSignal) => Promise<unknown>
  /** Not called for what fails once the signal is aborted. */
  onError: (error: unknown) => void
}

/** Runs a job again and again, one at a time, with ±20 % jitter, until disposed; then waits for the run in progress. */
export function repeat({ intervalMs, againMs, run, onError }: Job): AsyncDisposable {
  const stopping = new AbortController()
  const running = loop(stopping.signal)
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await running
    },
  }

  async function loop(signal: AbortSignal): Promise<void> {
    let failures = 0
    while (!signal.aborted) {
      try {
        await run(signal)
        failures = 0
      } catch (error) {
        if (!signal.aborted) onError(error)
        failures += 1
      }
      const waitMs =
        againMs && failures > 0 ? Math.min(againMs.min * 2 ** (failures - 1), againMs.max) : intervalMs
      await delay(waitMs * (0.8 + Math.random() * 0.4), undefined, { signal }).catch(() => {})
    }
  }
}
