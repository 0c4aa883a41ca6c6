import type { Driver } from './authenticate.ts'
import type { NewNotice } from './notices.ts'
import type { Pool } from './pool.ts'
import { storableJson } from './storable-json.ts'
import { withOrigin } from './with-origin.ts'

/** `date` is the driver's local date, `yyyy-mm-dd`. */
export type CheckIn = { driverId: string; date: string }

/**
 * What is to be done about a check-in. `miss`: never asked, and now it is too late; `raise`: asked in vain;
 * `expire`: of another day. `conversation` is null when there is nowhere to write to.
 */
export type CheckInStep = {
  step: 'ask' | 'remind' | 'miss' | 'raise' | 'expire'
  driver: Driver
  /** Not to be written to first. */
  hasOptedOut: boolean
  conversation: CheckInConversation | null
}
export type CheckInConversation = {
  id: string
  phone: string | null
  userId: string | null
  lastTurnId: string | null
  /** As the last turn left it. */
  session: unknown
}
export type CheckInQuestion = CheckIn & {
  step: 'ask' | 'remind'
  phoneNumberId: string
  conversation: CheckInConversation
  turnId: string
  session: unknown
  message: unknown
  /** The same for outside the 24-hour window, best first. */
  templates: readonly unknown[]
  /** When to come back if there is no answer. */
  againMs: number
}

/** Opens the check-ins whose time has come and returns those with a step to take. `now`: without, the database's. */
export async function dueCheckIns(
  pool: Pool,
  { now, limit }: { now?: Date; limit: number },
): Promise<CheckIn[]> {
  const { rows } = await pool.query<CheckIn>({
    name: 'due-check-ins',
    text: `SELECT driver_id AS "driverId", date::text FROM due_check_ins(coalesce($1, clock_timestamp()), $2)`,
    values: [now, limit],
  })
  return rows
}

/** `undefined`: answered, ended, or its time has not come. */
export async function readCheckIn(
  pool: Pool,
  { driverId, date }: CheckIn,
  { now, phoneNumberId }: { now?: Date; phoneNumberId: string },
): Promise<CheckInStep | undefined> {
  const { rows } = await pool.query<CheckInStep>({
    name: 'read-check-in',
    text: `SELECT step, r.driver, has_opted_out($1) AS "hasOptedOut", r.conversation
           FROM within(NULL, $1) w, read_check_in(w.driver, $2, coalesce($3, clock_timestamp()), $4) r`,
    values: [driverId, date, now, phoneNumberId],
  })
  return rows[0]
}

/** Asks in one transaction. `over`: the step was taken already; `busy`: a turn is under way, come back. */
export async function askCheckIn(pool: Pool, question: CheckInQuestion): Promise<'asked' | 'over' | 'busy'> {
  const { rows } = await pool.query<{ state: 'asked' | 'over' | 'busy' }>({
    name: 'ask-check-in',
    text: `SELECT state FROM within($1::jsonb #>> '{conversation,id}', $1::jsonb ->> 'driverId') w, ask_check_in($1)`,
    values: [storableJson(withOrigin(question))],
  })
  return rows[0]?.state ?? 'over'
}

/** Ends a check-in without an answer, with what dispatchers are to hear. `false`: it was answered or ended already. */
export async function endCheckIn(
  pool: Pool,
  { driverId, date }: CheckIn,
  { state, notices }: { state: 'skipped' | 'unanswered'; notices: readonly NewNotice[] },
): Promise<boolean> {
  const { rows } = await pool.query<{ ended: boolean }>({
    name: 'end-check-in',
    text: 'SELECT end_check_in(w.driver, $2, $3, $4) AS ended FROM within(NULL, $1) w',
    values: [driverId, date, state, storableJson(notices)],
  })
  return rows[0]?.ended === true
}
