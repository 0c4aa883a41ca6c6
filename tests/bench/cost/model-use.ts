import { createPrefixCache } from './prefix-cache.ts'
import { sumOf, type Usage } from './prices.ts'

/** A call of the model: when (minutes of the day), what it read, how many tokens it wrote. */
export type ModelUse = { at: number; tokens: readonly number[]; output: number }

/**
 * What of the calls of a day is billed, in the order of its clock. `keptMinutes`: for how long a provider keeps a
 * prefix that nobody reads; 0 for one that keeps none.
 */
export function usageOf(uses: readonly ModelUse[], keptMinutes: number): Usage {
  const read = createPrefixCache(keptMinutes)
  return sumOf(
    uses
      .toSorted((one, other) => one.at - other.at)
      .map(({ at, tokens, output }) => ({
        calls: 1,
        input: tokens.length,
        cached: keptMinutes > 0 ? read(tokens, at) : 0,
        output,
      })),
  )
}
