/** A row of the table. */
export type Result = {
  id: string
  measure: string
  value: number
  unit: string
  /** What was taken in the same run on the same machine. */
  ceiling?: { what: string; value: number }
  /** Of the value to its ceiling. */
  ratio?: number
  target?: string
  met?: boolean
  /** What the numbers include, and what sets the limit. */
  notes?: string[]
}

export type Measure = { id: string; title: string; run(bench: Bench): Promise<Result[]> }

/** What a run gives to its measures. The servers are those of test-kit: `freshStack`, `freshDatabase`, `freshVhost`. */
export type Bench = {
  /** Multiplies counts and seconds: 1 is a run to be believed, a hundredth only shows that it runs. */
  share: number
  /** Has time for what only shows after ten minutes. */
  isLong: boolean
  /** What is measured goes into the documents. */
  isWritten: boolean
  log: (line: string) => void
}
