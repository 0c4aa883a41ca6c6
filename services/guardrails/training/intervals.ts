/** Wilson score interval at 95 %: https://www.itl.nist.gov/div898/handbook/prc/section2/prc241.htm */
export function wilson(hits: number, count: number): { low: number; high: number } {
  if (count === 0) return { low: 0, high: 1 }
  const z = 1.96
  const share = hits / count
  const middle = share + z ** 2 / (2 * count)
  const half = z * Math.sqrt((share * (1 - share) + z ** 2 / (4 * count)) / count)
  const scale = 1 + z ** 2 / count
  return { low: Math.max(0, (middle - half) / scale), high: Math.min(1, (middle + half) / scale) }
}

/** `97.1 % (95.6–98.1)` */
export function shareOf(hits: number, count: number): string {
  if (count === 0) return '–'
  const { low, high } = wilson(hits, count)
  const percent = (value: number) => (value * 100).toFixed(1)
  return `${percent(hits / count)} % (${percent(low)}–${percent(high)})`
}

/** Of what should be found and what was. */
export function f1Of({
  hits,
  false: wrong,
  missed,
}: {
  hits: number
  false: number
  missed: number
}): number {
  return hits === 0 ? 0 : (2 * hits) / (2 * hits + wrong + missed)
}
