import { setTimeout as delay } from 'node:timers/promises'

export type BackOff = { wait(signal: AbortSignal): Promise<void>; reset(): void }

/** Waits up to twice as long each time (full jitter, so that many clients do not come back as one). */
export function createBackOff(
  { msMin, msMax }: { msMin: number; msMax: number },
  random = Math.random,
): BackOff {
  let ceilingMs = msMin
  return {
    /** Never rejects; ends at once when the signal aborts. */
    async wait(signal) {
      const ms = random() * ceilingMs
      ceilingMs = Math.min(ceilingMs * 2, msMax)
      await delay(ms, undefined, { signal }).catch(() => {})
    },
    reset() {
      ceilingMs = msMin
    },
  }
}

/** Gives up waiting, not the work: resolves when it has settled or when its time is over. */
export async function within(msMax: number, work: Promise<unknown>): Promise<void> {
  const giveUp = new AbortController()
  const settled = work.then(
    () => {},
    () => {},
  )
  await Promise.race([settled, delay(msMax, undefined, { signal: giveUp.signal }).catch(() => {})])
  giveUp.abort()
}
