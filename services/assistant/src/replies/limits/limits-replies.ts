/** What a driver is told who writes faster than can be answered. */
export type LimitsReplies = { slowDown: string }
