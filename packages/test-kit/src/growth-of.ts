const LENGTH = 65_536
const RUNS = 3
/** CPU time is counted in coarse steps, and the first milliseconds are the compiler's. */
const STEP_US = 20_000

/**
 * How many times longer a text of 64 kB takes than one of 16 kB, both made of the same piece: 4 or less when time is in
 * proportion to the length, 16 when it is quadratic. In CPU time of this thread, whatever else the machine does.
 */
export function growthOf(work: (text: string) => unknown, piece: string): number {
  const long = piece.repeat(Math.ceil(LENGTH / piece.length))
  const short = long.slice(0, LENGTH / 4)
  work(short)
  return fastest(() => work(long)) / fastest(() => work(short))
}

function fastest(run: () => unknown): number {
  const times = Array.from({ length: RUNS }, () => {
    const before = process.threadCpuUsage()
    run()
    const { user, system } = process.threadCpuUsage(before)
    return user + system
  })
  return Math.max(STEP_US, Math.min(...times))
}
