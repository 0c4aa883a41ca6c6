import { setTimeout as delay } from 'node:timers/promises'

type Options = { timeoutMs?: number; what: string }

/**
 * Waits for a fact: polls until the probe returns something truthy, and returns that; soon at first, for what takes
 * milliseconds, then every 20 ms. A probe that throws has not seen it yet. Rejects with what it waited for, and with
 * the last error as the cause.
 */
export async function eventually<T>(
  probe: () => Promise<T | undefined> | T | undefined,
  { timeoutMs = 10_000, what }: Options,
): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 1.5, 20)) {
    let cause: unknown
    try {
      const found = await probe()
      if (found) return found
    } catch (error) {
      cause = error
    }
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${what}`, { cause })
    await delay(pauseMs)
  }
}
