export {
  type AuditDay,
  type AuditProblem,
  type CheckedAudit,
  checkAudit,
  oldestUnsealed,
  sealAudit,
} from './audit-chain.ts'
export { authenticate, type Driver, readSession, type Sender } from './authenticate.ts'
export { type Fleet, readBacklog, readFleet, readLanes } from './backlog.ts'
export {
  askCheckIn,
  type CheckIn,
  type CheckInConversation,
  type CheckInStep,
  dueCheckIns,
  endCheckIn,
  readCheckIn,
} from './check-ins.ts'
export {
  type CommandOutcome,
  type CommandWork,
  claimCommand,
  type PendingCommand,
  settleCommand,
} from './command-lane.ts'
export {
  auditRevealed,
  countOpenDeadLetters,
  type DeadLetter,
  type DeadLetterFilter,
  forgetDeadLetters,
  type LetterSubject,
  listDeadLetters,
  type NewDeadLetter,
  readDeadLetters,
  recordDeadLetters,
  reviveMessage,
  reviveNotice,
  settleDeadLetter,
  type WholeDeadLetter,
} from './dead-letters.ts'
export { eraseDriverData, holdWork, readDriverData } from './driver-data.ts'
export { changesWaiting, messagePointedAt, type PointedAt, readProofParts } from './evidence.ts'
export { countBlocked } from './guardrail-events.ts'
export {
  type AuditEntry,
  type Consent,
  claimTurn,
  commitTurn,
  failTurn,
  type GuardrailRecord,
  type Lease,
  limitTurn,
  type ModelCall,
  type OrderCommand,
  type Place,
  type ProofPart,
  type ProofRecord,
  postponeTurn,
  type Reply,
  type Transcript,
  type TurnFailure,
  type TurnRecord,
  type TurnWork,
  type WaitingMessage,
} from './inbound-lane.ts'
export { type LaneKind, renewLane, type StrandedLane, strandedLanes } from './lanes.ts'
export { migrate } from './migrate.ts'
export {
  claimNotice,
  type NewNotice,
  type NoticeOutcome,
  type PendingNotice,
  settleNotice,
  strandedNotices,
} from './notices.ts'
export {
  dropOrderEvents,
  dueOrderEvents,
  type EventTiming,
  type News,
  readOrderEvents,
  recordOrderEvent,
  tellOrderEvents,
  type WaitingEvents,
} from './order-events.ts'
export {
  claimSend,
  type Pacing,
  type Send,
  type SendWork,
  type SettledOutcome,
  settleSend,
} from './outbound-lane.ts'
export {
  closeHelp,
  confirmIdentity,
  endTakeover,
  isTakenOver,
  openHelp,
  type PersonWanted,
  setDriverStatus,
  type Takeover,
  takeOver,
  writeAsPerson,
} from './people.ts'
export { PERSONAL_DATA } from './personal-data.ts'
export { createPool, type Pool } from './pool.ts'
export {
  answerQuestion,
  type FaqAnswer,
  type FaqLanguage,
  findAnswers,
  type UnansweredQuestion,
  unansweredQuestions,
} from './questions.ts'
export {
  auditTooOld,
  type Consequence,
  type EventRow,
  type MessageRow,
  type ReceiptRow,
  recordWebhooks,
  type WebhookRows,
} from './record-webhooks.ts'
export { isRefusedData } from './refused-data.ts'
export { auditFilesRemoved, type RetentionPolicy, type RetentionRun, retain } from './retention.ts'
export { type Logins, ROLES, type Role, urlAs } from './roles.ts'
export { readSubject, type Subject } from './subject.ts'
export { noteTemplates, type TemplateStatus } from './templates.ts'
