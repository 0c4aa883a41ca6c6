/** What is said of several stops: those that are left, those that are late, the nearest, and a shorter way. */
export type StopsReplies = {
  /** `count` of `all` are still open. */
  left: (of: { count: number; all: number; name: string }) => string
  noneLeft: (of: { all: number; name: string }) => string
  late: (of: { count: number; name: string }) => string
  /** Follows an order's line. `by`: how long its window is over. */
  over: (of: { until: string; by: string }) => string
  soonOver: (of: { until: string; in: string }) => string
  noneLate: (of: { name: string }) => string
  nextWindowEnds: (of: { ref: string; until: string }) => string
  choose: (of: { count: number }) => string
  confirmedAll: (of: { count: number }) => string
  askAll: (of: { count: number }) => string
  yesAll: string
  leftAll: string
  forTomorrow: (of: { ref: string }) => string
  nearest: (of: { distance: string }) => string
  nearestUnknown: string
  /** Never applied by itself. `saved`: in percent. */
  swap: (of: { first: string; second: string; from: string; to: string; saved: number }) => string
  details: string
}
