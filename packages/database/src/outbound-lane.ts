import type { Origin } from '@waybill/tracing'
import type { Pool } from './pool.ts'

/** How fast a number and a pair (number, person) may send: facts of WhatsApp's, see the sender. */
export type Pacing = {
  numberPerSecond: number
  pairIntervalMs: number
  pairBurst: number
  /** A sender holds a claimed row this long at most until the number's rate lets it go. */
  waitMsMax: number
  /** How long an ambiguous attempt waits for the receipt that would prove it. */
  settleMs: number
  attemptsMax: number
}

/** One attempt to send. `id` travels as `biz_opaque_callback_data`; times in ms. */
export type Send = Origin & {
  id: string
  message: unknown
  replyTo: string | null
  waId: string | null
  userId: string | null
  attempt: number
  failures: number
  /** `free`: as it was written; `template`, or `fallback`: a template that was not the first choice. */
  form: 'free' | 'template' | 'fallback'
  priority: 'reply' | 'broadcast'
  sendAfterMs: number
  createdAt: number
  /** Of the message that it answers: WhatsApp's clock, whole seconds, and that of ingress. None for what nobody asked for. */
  answers: { sentAt: number; receivedAt: number } | null
}

/** `cancelled`: so many were set aside on the way, because the driver has opted out. */
export type SendWork = { cancelled?: number | undefined } & (
  | { state: 'run'; send: Send }
  | { state: 'later'; waitMs: number }
  | { state: 'busy' | 'empty' | 'fenced' }
)

export type SettledOutcome =
  | { kind: 'accepted'; wamid: string }
  | { kind: 'retry'; error: string; delayMs: number; numberDelayMs?: number }
  | { kind: 'ambiguous'; error: string }
  | { kind: 'rejected'; error: string; code?: number }

type SendLease = { owner: string; ttlMs: number; pacing: Pacing }
type Row = {
  state: SendWork['state']
  epoch: string
  wait_ms: number | null
  send: Omit<Send, 'answers'> | null
  answers: Send['answers']
  cancelled: number | null
}

const SEND = `with_origin(send) AS send, (send ->> 'cancelled')::int AS cancelled, (SELECT jsonb_build_object('sentAt', extract(epoch FROM i.sent_at) * 1000, 'receivedAt', i.received_us / 1000)
  FROM inbound i WHERE i.wamid = send ->> 'replyTo') AS answers`

/** Claims the head of a conversation's replies; it is `sending` on record before this returns. */
export async function claimSend(
  pool: Pool,
  conversationId: string,
  lease: SendLease & { steal: boolean },
): Promise<{ epoch: string; work: SendWork }> {
  const { rows } = await pool.query<Row>({
    name: 'claim-send',
    text: `SELECT state, epoch, wait_ms, ${SEND} FROM claim_send($1, $2, $3, $4, $5)`,
    values: [conversationId, lease.owner, lease.ttlMs, lease.steal, lease.pacing],
  })
  return { epoch: rows[0]?.epoch ?? '0', work: workOf(rows[0]) }
}

/** Writes down what became of an attempt and claims the next row of the lane in the same round trip. */
export async function settleSend(
  pool: Pool,
  conversationId: string,
  { epoch, lease, id, outcome }: { epoch: string; lease: SendLease; id: string; outcome: SettledOutcome },
): Promise<SendWork> {
  const { rows } = await pool.query<Row>({
    name: 'settle-send',
    text: `SELECT state, wait_ms, ${SEND} FROM settle_send($1, $2, $3, $4, $5, $6, $7)`,
    values: [conversationId, lease.owner, epoch, lease.ttlMs, lease.pacing, id, outcome],
  })
  return workOf(rows[0])
}

function workOf(row: Row | undefined): SendWork {
  const cancelled = row?.cancelled ?? undefined
  if (row?.state === 'run' && row.send)
    return { state: 'run', cancelled, send: { ...row.send, answers: row.answers } }
  if (row?.state === 'later') return { state: 'later', cancelled, waitMs: row.wait_ms ?? 0 }
  return { state: row?.state === 'busy' || row?.state === 'fenced' ? row.state : 'empty', cancelled }
}
