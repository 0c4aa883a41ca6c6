import { setTimeout as delay } from 'node:timers/promises'

type Job = { intervalMs: number; run: () => Promise<unknown>; onError: (error: unknown) => void }

/** Runs a job again and again, one at a time, with ±20 % jitter, until disposed; then waits for the run in progress. */
export function repeat({ intervalMs, run, onError }: Job): AsyncDisposable {
  const stopping = new AbortController()
  const running = loop()
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await running
    },
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      await run().catch(onError)
      await delay(intervalMs * (0.8 + Math.random() * 0.4), undefined, { signal: stopping.signal }).catch(
        () => {},
      )
    }
  }
}
