/** One number for each place, and two that make a probability of their sum. */
export type Weights = { values: Int8Array; scale: number; bias: number }

/** How likely a text is what the model has learnt, 0 to 1: by its features of each kind, which count alike. */
export function probabilityOf(weights: Weights, ...kinds: readonly ReadonlySet<number>[]): number {
  let margin = weights.bias
  for (const places of kinds) {
    let sum = 0
    for (const place of places) sum += weights.values[place] ?? 0
    margin += (weights.scale * sum) / Math.sqrt(Math.max(places.size, 1))
  }
  return 1 / (1 + Math.exp(-margin))
}
