/** A dashboard as data: `build-dashboard.ts` makes Grafana's of it, and a test runs every query. */
export type Board = {
  uid: string
  title: string
  description: string
  /** How far back it looks at first: `6h`. */
  looksBack: string
  rows: readonly { title: string; panels: readonly Panel[] }[]
}

export type Panel = {
  title: string
  /** What it shows, and what to do about it. */
  says: string
  /** Of Grafana: https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/#unit */
  unit: 's' | 'reqps' | 'short' | 'percentunit' | 'bytes' | 'currencyUSD'
  /** `now`: the last value as a number; `stacked`: parts of a whole. */
  shows: 'now' | 'lines' | 'stacked' | 'bars'
  /** PromQL by legend. */
  queries: Readonly<Record<string, string>>
  /** What alerts watch this, and the number in them from which it is bad. */
  alerts?: Readonly<Record<string, number>>
  /** The same where there is no alert. */
  badFrom?: number
  /** Less is bad, not more. */
  isBadBelow?: true
  /** Of 24. */
  width: 4 | 6 | 8 | 12 | 24
  /** Why there may be nothing to show while all is well. */
  emptyUnless?: string
}
