import type { Takeover } from './people.ts'
import type { Pool } from './pool.ts'

export type Driver = {
  id: string
  name: string
  status: 'active' | 'inactive' | 'suspended'
  language: 'en' | 'pt' | 'es' | null
  /** IANA name. */
  timeZone: string
  permissions: string[]
  /** `hh:mm` where the driver is: until then a decision about the route may be changed. Without: 11:00. */
  checkInUntil?: string
}

/**
 * Who writes in a conversation, by what WhatsApp says of the sender and nothing else.
 * `locked`: phone and user id belong to different drivers, or dispatch has yet to confirm a change.
 */
export type Sender = {
  lastTurnId: string | null
  wasRefusedToday: boolean
  hasPhone: boolean
  /** A person has the conversation, or had it last. */
  takeover?: Takeover | undefined
  /** Since when (ms) the driver has been waiting for a person. */
  waitingSince?: number | undefined
  /** Wants nothing that was not asked for. */
  hasOptedOut?: boolean | undefined
} & ({ identity: 'known' | 'locked'; driver: Driver } | { identity: 'unknown' })

type Row = {
  identity: Sender['identity']
  driver: Driver | null
  lastTurnId: string | null
  wasRefusedToday: boolean
  hasPhone: boolean
  takeover: Takeover | null
  waitingSince: number | null
  hasOptedOut: boolean | null
}

/** One round trip. A phone and a user id that come together for the first time are bound by it. */
export async function authenticate(pool: Pool, conversationId: string): Promise<Sender> {
  const { rows } = await pool.query<Row>({
    name: 'authenticate',
    text: `SELECT identity, a.driver, last_turn_id AS "lastTurnId", was_refused_today AS "wasRefusedToday",
             has_phone AS "hasPhone",
             (SELECT jsonb_build_object('since', extract(epoch FROM since) * 1000, 'until', extract(epoch FROM until) * 1000,
               'isOn', until > clock_timestamp(), 'hasWritten', has_written) FROM takeovers WHERE conversation_id = $1) AS takeover,
             (extract(epoch FROM waiting_for_person($1)) * 1000)::float8 AS "waitingSince",
             has_opted_out(a.driver ->> 'id') AS "hasOptedOut"
           FROM within($1, NULL) w, authenticate(w.conversation) a`,
    values: [conversationId],
  })
  const [row] = rows
  const { identity = 'unknown', driver = null } = row ?? {}
  const standing = {
    lastTurnId: row?.lastTurnId ?? null,
    wasRefusedToday: row?.wasRefusedToday ?? false,
    hasPhone: row?.hasPhone ?? false,
    takeover: row?.takeover ?? undefined,
    waitingSince: row?.waitingSince ?? undefined,
    hasOptedOut: row?.hasOptedOut ?? false,
  }
  return identity === 'unknown' || !driver
    ? { ...standing, identity: 'unknown' }
    : { ...standing, identity, driver }
}

/** The session as the conversation's last turn left it: what Redis is rebuilt from. */
export async function readSession(pool: Pool, conversationId: string, turnId: string): Promise<unknown> {
  const { rows } = await pool.query<{ session: unknown }>({
    name: 'read-session',
    text: `SELECT t.session FROM within($1, NULL) w,
      LATERAL (SELECT * FROM turns WHERE id = $2 AND conversation_id = w.conversation OFFSET 0) t`,
    values: [conversationId, turnId],
  })
  return rows[0]?.session ?? undefined
}
