/** By nearest rank: one of the values, never a mean of two. `share` from 0 to 1. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort()
  const found = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
  if (found === undefined) throw new Error('there is no percentile of nothing')
  return found
}

export const median = (values: readonly number[]): number => percentile(values, 0.5)
