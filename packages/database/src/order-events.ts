import type { Driver } from './authenticate.ts'
import type { CheckInConversation } from './check-ins.ts'
import type { NewNotice } from './notices.ts'
import type { Pool } from './pool.ts'
import { storableJson } from './storable-json.ts'
import { withOrigin } from './with-origin.ts'

/** The rest of it is kept as it is. */
export type RecordedEvent = { id: string; driver_id: string; type: string; priority: string }
/** `nightFrom`, `nightUntil`: `21:00`, where the driver is; the same twice: no night. */
export type EventTiming = { mergeMs: number; nightFrom: string; nightUntil: string }

/** Records an event that may be told from when nothing else is awaited and it is no longer night. `now`: without, the database's. */
export async function recordOrderEvent(
  pool: Pool,
  event: RecordedEvent,
  { now, ...timing }: EventTiming & { now?: Date },
): Promise<'recorded' | 'repeated' | 'unknown-driver'> {
  const { rows } = await pool.query<{ outcome: 'recorded' | 'repeated' | 'unknown-driver' }>({
    name: 'record-order-event',
    text: `SELECT outcome FROM within(NULL, $1::jsonb ->> 'driver_id') w, record_order_event($1, $2, coalesce($3, clock_timestamp()))`,
    values: [storableJson(event), JSON.stringify(timing), now],
  })
  return rows[0]?.outcome ?? 'repeated'
}

/** Drivers whom there is something to tell. */
export async function dueOrderEvents(
  pool: Pool,
  { now, limit }: { now?: Date; limit: number },
): Promise<string[]> {
  const { rows } = await pool.query<{ driver_id: string }>({
    name: 'due-order-events',
    text: 'SELECT driver_id FROM due_order_events(coalesce($1, clock_timestamp()), $2)',
    values: [now, limit],
  })
  return rows.map((row) => row.driver_id)
}

export type WaitingEvents = {
  /** As they were recorded: to be checked again, for another version may have written them. */
  events: readonly unknown[]
  dueForMs: number
  driver: Driver
  /** Not to be written to first. */
  hasOptedOut: boolean
  conversation: CheckInConversation | null
}

/** What a driver is to be told now; `undefined`: nothing. At night that is only what is urgent. */
export async function readOrderEvents(
  pool: Pool,
  driverId: string,
  { now, phoneNumberId, ...timing }: EventTiming & { now?: Date; phoneNumberId: string },
): Promise<WaitingEvents | undefined> {
  const { rows } = await pool.query<WaitingEvents>({
    name: 'take-order-events',
    text: `SELECT e.*, has_opted_out($1) AS "hasOptedOut"
           FROM within(NULL, $1) w, take_order_events(w.driver, $2, coalesce($3, clock_timestamp()), $4) e`,
    values: [driverId, JSON.stringify(timing), now, phoneNumberId],
  })
  return rows[0]
}

export type News = {
  driverId: string
  eventIds: readonly string[]
  phoneNumberId: string
  conversation: CheckInConversation
  turnId: string
  session: unknown
  message: unknown
  /** The same for outside the 24-hour window, best first. */
  templates: readonly unknown[]
}

/** Tells in one transaction. `over`: told already; `busy`: a turn is under way, come back. */
export async function tellOrderEvents(pool: Pool, news: News): Promise<'told' | 'over' | 'busy'> {
  const { rows } = await pool.query<{ state: 'told' | 'over' | 'busy' }>({
    name: 'tell-order-events',
    text: `SELECT state FROM within($1::jsonb #>> '{conversation,id}', $1::jsonb ->> 'driverId') w, tell_order_events($1)`,
    values: [storableJson(withOrigin(news))],
  })
  return rows[0]?.state ?? 'over'
}

/** Sets aside what nobody needs to hear any more, or can be told; `notices` are for dispatch. */
export async function dropOrderEvents(
  pool: Pool,
  driverId: string,
  {
    eventIds,
    reason,
    notices,
  }: { eventIds: readonly string[]; reason: string; notices: readonly NewNotice[] },
): Promise<void> {
  await pool.query({
    name: 'drop-order-events',
    text: 'SELECT set_aside_order_events(w.driver, $2, $3, $4) FROM within(NULL, $1) w',
    values: [driverId, eventIds, reason, storableJson(notices)],
  })
}
