import type { Origin } from '@waybill/tracing'
import type { NewNotice } from './notices.ts'
import type { Pool } from './pool.ts'
import { storableJson } from './storable-json.ts'
import { withOrigin } from './with-origin.ts'

/** A message as it waits in a conversation. `body` is what WhatsApp sent; `sentAt` in ms, WhatsApp's clock. */
export type WaitingMessage = Origin & {
  wamid: string
  kind: string
  body: unknown
  attempts: number
  sentAt: number
}

export type TurnWork =
  | { state: 'run' | 'exhausted'; messages: readonly [WaitingMessage, ...WaitingMessage[]] }
  | { state: 'released' | 'empty' | 'busy' | 'later' | 'fenced' }

export type Lease = { owner: string; ttlMs: number; attemptsMax: number }

export type Reply = { message: unknown; replyTo?: string | undefined }
export type AuditEntry = { action: string; detail?: unknown }
export type ModelCall = {
  purpose: string
  model: string
  outcome: string
  promptTokens?: number | undefined
  cachedTokens?: number | undefined
  completionTokens?: number | undefined
  costUsd?: number | undefined
  latencyMs: number
  /** Nobody was asked: the answer was known. */
  isCacheHit?: boolean | undefined
}
/** Held back for `delayMs`, while it can be withdrawn. */
export type OrderCommand = { id: string; kind: string; payload: unknown; delayMs?: number | undefined }

/** What was said in a voice note. */
export type Transcript = { wamid: string; text: string }

export type Place = { latitude: number; longitude: number }
/** A message that is part of a proof. `sentAt` in ms, the device's clock. */
export type ProofPart = { wamid: string; sentAt: number } & (
  | {
      kind: 'photo' | 'document'
      sha256: string
      contentType: string
      sizeBytes: number
      objectKey: string
      caption?: string | undefined
    }
  | ({ kind: 'location' } & Place)
)
/** A proof of delivery that is new, or what is new of it. Without an order: the driver was asked. */
export type ProofRecord = {
  id: string
  orderId?: string | undefined
  /** `yyyy-mm-dd`, where the driver is. */
  orderDate: string
  place?: Place | undefined
  distanceM?: number | undefined
  parts: readonly ProofPart[]
}

/** Everything that a turn leaves behind, committed in one transaction or not at all. */
/** What the guardrails said of one text, where they have found something. `text`: masked, where it may be kept. */
export type GuardrailRecord = {
  /** Of the message that the text is of; none for what goes out. */
  wamid?: string | undefined
  direction: 'input' | 'output'
  source: string
  action: string
  policyVersion: string
  text?: string | undefined
  /** In hexadecimal digits. */
  textSha256?: string | undefined
  findings: readonly {
    check: string
    kind?: string | undefined
    severity: string
    /** 0 to 1. */
    score: number
    span: { start: number; end: number }
  }[]
}

/** Whether the driver may be written to first, and the message that says so. */
export type Consent = { state: 'out' | 'in'; wamid: string }

export type TurnRecord = {
  id: string
  driverId: string | undefined
  wamids: readonly string[]
  session: unknown
  replies: readonly Reply[]
  commands: readonly OrderCommand[]
  audit: readonly AuditEntry[]
  modelCalls: readonly ModelCall[]
  transcripts?: readonly Transcript[] | undefined
  proofs?: readonly ProofRecord[] | undefined
  notices?: readonly NewNotice[] | undefined
  /** Ids of held commands and notices of this driver that are taken back. The commit throws if one has gone out. */
  withdraws?: readonly string[] | undefined
  /** What the driver has said of the day. `asked`: took the answer back. */
  checkIn?: { date: string; state: 'accepted' | 'declined' | 'asked' } | undefined
  /** An unknown person was told so: not again within a day. */
  isRefusal?: boolean | undefined
  /** Private data stays locked until dispatch confirms the person. */
  lockReason?: string | undefined
  guardrails?: readonly GuardrailRecord[] | undefined
  consent?: Consent | undefined
  /** The driver was blocked once too often. */
  suspends?: boolean | undefined
}

export type TurnFailure = {
  turnId: string
  wamid: string
  error: string
  backoffMs: number
  /** Messages of the turn that it did not get to. */
  untried: readonly string[]
  /** Told to the driver when this was the last attempt. */
  apology: Reply
  modelCalls: readonly ModelCall[]
}

type Row = { state: TurnWork['state']; epoch: string | null; messages: WaitingMessage[] | null }

/**
 * Claims a conversation and takes all that waits in it, oldest first (20 at most).
 * `exhausted`: the head has used up its attempts without a word from whoever worked on it.
 */
export async function claimTurn(
  pool: Pool,
  conversationId: string,
  lease: Lease & { steal: boolean },
): Promise<{ epoch: string; work: TurnWork }> {
  const { rows } = await pool.query<Row>({
    name: 'claim-turn',
    text: 'SELECT state, epoch, messages FROM within($1, NULL) w, claim_turn(w.conversation, $2, $3, $4, $5)',
    values: [conversationId, lease.owner, lease.ttlMs, lease.steal, lease.attemptsMax],
  })
  return { epoch: rows[0]?.epoch ?? '0', work: workOf(rows[0]) }
}

/** Commits a turn if the epoch still holds, and returns what waits next; `released` when nothing does. */
export async function commitTurn(
  pool: Pool,
  conversationId: string,
  { epoch, lease, turn }: { epoch: string; lease: Lease; turn: TurnRecord },
): Promise<TurnWork> {
  const record = { ...turn, replies: turn.replies.map(withOrigin) }
  const { rows } = await pool.query<Row>({
    name: 'commit-turn',
    text: `SELECT state, messages FROM within($1, $6::jsonb ->> 'driverId') w,
      commit_turn(w.conversation, $2, $3, $4, $5, $6)`,
    values: [conversationId, epoch, lease.owner, lease.ttlMs, lease.attemptsMax, storableJson(record)],
  })
  return workOf(rows[0])
}

/** Writes a failure down: the lane backs off, or the message is dead and the driver is told. */
export async function failTurn(
  pool: Pool,
  conversationId: string,
  { epoch, attemptsMax, failure }: { epoch: string; attemptsMax: number; failure: TurnFailure },
): Promise<'fenced' | 'retry' | 'dead'> {
  const record = { ...failure, apology: withOrigin(failure.apology) }
  const { rows } = await pool.query<{ state: 'fenced' | 'retry' | 'dead' }>({
    name: 'fail-turn',
    text: 'SELECT state FROM within($1, NULL) w, fail_turn(w.conversation, $2, $3, $4)',
    values: [conversationId, epoch, attemptsMax, storableJson(record)],
  })
  return rows[0]?.state ?? 'fenced'
}

export type TurnLimit = {
  turnId: string
  driverId: string
  scope: string
  wamids: readonly string[]
  waitMs: number
  /** The driver is told at most once in so long. */
  windowMs: number
  notice?: Reply | undefined
}

/** More than may be answered at once: the messages wait, and are answered together. */
export async function limitTurn(
  pool: Pool,
  conversationId: string,
  { epoch, limit }: { epoch: string; limit: TurnLimit },
): Promise<'fenced' | 'waiting' | 'told'> {
  const record = { ...limit, ...(limit.notice ? { notice: withOrigin(limit.notice) } : {}) }
  const { rows } = await pool.query<{ state: 'fenced' | 'waiting' | 'told' }>({
    name: 'limit-turn',
    text: `SELECT state FROM within($1, $3::jsonb ->> 'driverId') w, limit_turn(w.conversation, $2, $3)`,
    values: [conversationId, epoch, storableJson(record)],
  })
  return rows[0]?.state ?? 'fenced'
}

/** Nothing was tried: the lane looks again after a moment, and takes what has come in until then along. */
export async function postponeTurn(
  pool: Pool,
  conversationId: string,
  { epoch, wamids, delayMs }: { epoch: string; wamids: readonly string[]; delayMs: number },
): Promise<'fenced' | 'later'> {
  const { rows } = await pool.query<{ state: 'fenced' | 'later' }>({
    name: 'postpone-turn',
    text: 'SELECT state FROM within($1, NULL) w, postpone_turn(w.conversation, $2, $3, $4)',
    values: [conversationId, epoch, wamids, delayMs],
  })
  return rows[0]?.state ?? 'fenced'
}

function workOf(row: Row | undefined): TurnWork {
  if (!row) return { state: 'empty' }
  if (row.state !== 'run' && row.state !== 'exhausted') return { state: row.state }
  const [head, ...rest] = row.messages ?? []
  return head ? { state: row.state, messages: [head, ...rest] } : { state: 'empty' }
}
