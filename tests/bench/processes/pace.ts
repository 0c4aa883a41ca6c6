import { setTimeout as delay } from 'node:timers/promises'
import { percentile } from '../percentiles.ts'

export type Latencies = { p50Ms: number; p99Ms: number }

/** Does something so many times a second, by the clock, whether what was begun before has ended or not. */
export async function pace(
  { perSecond, seconds }: { perSecond: number; seconds: number },
  once: (index: number) => Promise<void>,
): Promise<Latencies> {
  const tookMs: number[] = []
  async function timed(index: number) {
    const since = performance.now()
    await once(index)
    tookMs.push(performance.now() - since)
  }
  const begun: Promise<void>[] = []
  const since = performance.now()
  for (let index = 0; index < perSecond * seconds; index += 1) {
    const dueMs = (index * 1_000) / perSecond - (performance.now() - since)
    if (dueMs > 0) await delay(dueMs)
    const one = timed(index)
    one.catch(() => {}) // until all are waited for
    begun.push(one)
  }
  await Promise.all(begun)
  return { p50Ms: percentile(tookMs, 0.5), p99Ms: percentile(tookMs, 0.99) }
}
