/** Of every second, summed over all instances, by labels. */
export const rate = (metric: string, by: readonly string[] = []) =>
  `sum${byOf(by)}(rate(${metric}[$__rate_interval]))`

/** How many within the time that the dashboard shows. */
export const total = (metric: string, by: readonly string[] = []) =>
  `sum${byOf(by)}(increase(${metric}[$__range]))`

/** Of a histogram: `metric` without `_bucket`, with its selector in braces. */
export function quantile(q: number, metric: string, by: readonly string[] = []): string {
  const [name, selector = ''] = metric.split(/(?=\{)/)
  return `histogram_quantile(${q}, sum by (${['le', ...by].join(', ')}) (rate(${name}_bucket${selector}[$__rate_interval])))`
}

/** The middle, and those who wait longest. */
export const quantiles = (metric: string) => ({
  'half within': quantile(0.5, metric),
  '95 % within': quantile(0.95, metric),
  '99 % within': quantile(0.99, metric),
})

export const share = (part: string, whole: string) => `${part} / ${whole}`

/** 0 where there is nothing to count. */
export const orZero = (query: string) => `${query} or vector(0)`

const byOf = (by: readonly string[]) => (by.length > 0 ? ` by (${by.join(', ')}) ` : '')
