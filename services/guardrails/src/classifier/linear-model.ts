/** One number for each place, and two that make a probability of their sum. */
export type Weights = { values: Int8Array; scale: number; bias: number }

/** How likely a normalised text is of the kind that the model has learnt: 0 to 1. */
export function probabilityOf(weights: Weights, places: ReadonlySet<number>): number {
  let sum = 0
  for (const place of places) sum += weights.values[place] ?? 0
  const margin = (weights.scale * sum) / Math.sqrt(Math.max(places.size, 1)) + weights.bias
  return 1 / (1 + Math.exp(-margin))
}
