import { setTimeout as delay } from 'node:timers/promises'

export type BackOff = { wait(signal: AbortSignal): Promise<void>; reset(): void }

const fullJitter = (ceilingMs: number) => Math.random() * ceilingMs

/** Waits up to twice as long each time; at random, so that many clients do not come back as one. */
export function createBackOff(
  { msMin, msMax }: { msMin: number; msMax: number },
  waitOf = fullJitter,
): BackOff {
  let ceilingMs = msMin
  return {
    /** Never rejects; ends at once when the signal aborts. */
    async wait(signal) {
      const ms = waitOf(ceilingMs)
      ceilingMs = Math.min(ceilingMs * 2, msMax)
      await delay(ms, undefined, { signal }).catch(() => {})
    },
    reset() {
      ceilingMs = msMin
    },
  }
}

/** Gives up waiting, not the work. `true`: it has settled in time. */
export async function within(msMax: number, work: Promise<unknown>): Promise<boolean> {
  const giveUp = new AbortController()
  const settled = work.then(
    () => true,
    () => true,
  )
  const expired = delay(msMax, false, { signal: giveUp.signal }).catch(() => false)
  const isSettled = await Promise.race([settled, expired])
  giveUp.abort()
  return isSettled
}
