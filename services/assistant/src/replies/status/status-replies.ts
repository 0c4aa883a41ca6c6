import type { Report } from '../../session/session.ts'

type Stop = { ref: string; customer: string }
type Reason = NonNullable<Report['reason']>

/** What is said of reports about a stop. Reasons and buttons: 20 characters. */
export type StatusReplies = {
  help: string
  reasons: Record<Reason, string>
  arrived: (of: Stop) => string
  /** `where`, `whom`: in the driver's own words. */
  delivered: (of: Stop & { where?: string | undefined; whom?: string | undefined }) => string
  problem: (of: Stop & { reason: string }) => string
  lateBy: (of: Stop & { minutes: number }) => string
  lateUntil: (of: Stop & { time: string }) => string
  undoHint: string
  askArrived: (of: Stop) => string
  askDelivered: (of: Stop) => string
  askProblem: (of: Stop & { reason: string }) => string
  askReason: (of: Stop) => string
  askLate: (of: Stop) => string
  askLateBy: (of: Stop & { minutes: number }) => string
  askLateUntil: (of: Stop & { time: string }) => string
  which: string
  already: (of: { ref: string; status: string }) => string
  noneOpen: (of: { name: string }) => string
  notOfToday: (of: { ref: string }) => string
  undone: (of: { ref: string }) => string
  tooLate: (of: { ref: string }) => string
  rejected: (of: { ref: string }) => string
  buttons: {
    arrived: string
    delivered: string
    problem: string
    yesArrived: string
    yesDelivered: string
    yesProblem: string
    yesLate: string
    reasons: string
    minutes: (of: { count: number }) => string
  }
}
