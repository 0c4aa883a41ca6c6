/** What the rows of a driver are found by. `conversations`: those that nobody else has had. */
export type SubjectKey =
  | 'driver'
  | 'conversations'
  | 'turns'
  | 'messages'
  | 'replies'
  | 'sent'
  | 'lanes'
  | 'rates'
  | 'proofs'

export type PersonalTable = {
  /** Columns that say something about a driver, in his words or ours, or whose row it is. */
  personal: readonly string[]
  /**
   * A row is the driver's when one of these columns is one of those keys. `mentions`: when this text has a number, a user id
   * or the driver's id in it.
   */
  rows: Readonly<Record<string, SubjectKey>> | { mentions: string }
  /**
   * `delete`: the row; `tombstone`: all but that something happened; `cut`: what is about the driver, out of what may also be
   * about others; `clear`: these columns.
   */
  erase: 'delete' | 'tombstone' | 'cut' | { clear: readonly string[] }
  /** What stays of the rows, and why. */
  remains?: string
}
/** Nothing in it is about a driver. */
type OtherTable = { keeps: string }

/**
 * Every table, in the order in which rows can be deleted. The only place that knows what of the database is a driver's:
 * export and erasure read it, and a table that is not here turns a test red.
 */
export const PERSONAL_DATA: Readonly<Record<string, PersonalTable | OtherTable>> = {
  transcripts: { personal: ['wamid', 'said'], rows: { wamid: 'messages' }, erase: 'delete' },
  proof_parts: {
    personal: ['wamid', 'sha256', 'object_key', 'caption', 'latitude', 'longitude'],
    rows: { proof_id: 'proofs' },
    erase: 'delete',
  },
  proofs: {
    personal: ['driver_id', 'conversation_id', 'order_id', 'latitude', 'longitude', 'distance_m'],
    rows: { driver_id: 'driver' },
    erase: 'delete',
  },
  takeovers: { personal: ['conversation_id'], rows: { conversation_id: 'conversations' }, erase: 'delete' },
  check_ins: { personal: ['driver_id', 'conversation_id'], rows: { driver_id: 'driver' }, erase: 'delete' },
  order_events: { personal: ['driver_id', 'event'], rows: { driver_id: 'driver' }, erase: 'delete' },
  order_commands: {
    personal: ['driver_id', 'conversation_id', 'payload', 'last_error'],
    rows: { driver_id: 'driver', conversation_id: 'conversations' },
    erase: 'delete',
  },
  dispatch_notices: {
    personal: ['driver_id', 'conversation_id', 'text', 'reason'],
    rows: { driver_id: 'driver', conversation_id: 'conversations' },
    erase: 'delete',
  },
  guardrail_events: {
    personal: ['driver_id', 'conversation_id', 'wamid', 'text', 'text_sha256'],
    rows: { driver_id: 'driver', conversation_id: 'conversations' },
    erase: 'delete',
  },
  model_calls: {
    personal: ['conversation_id', 'turn_id'],
    rows: { turn_id: 'turns', conversation_id: 'conversations' },
    erase: { clear: ['conversation_id', 'turn_id'] },
    remains: 'what the model has cost; not for whom',
  },
  receipts: {
    personal: ['wamid', 'errors'],
    rows: { outbound_id: 'replies', wamid: 'sent' },
    erase: 'delete',
  },
  outbound: {
    personal: ['conversation_id', 'message', 'templates', 'reply_to', 'wamid', 'last_error'],
    rows: { id: 'replies' },
    erase: 'delete',
  },
  inbound: {
    personal: ['wamid', 'conversation_id', 'body', 'last_error'],
    rows: { wamid: 'messages' },
    erase: 'delete',
  },
  turns: { personal: ['conversation_id', 'driver_id', 'session'], rows: { id: 'turns' }, erase: 'delete' },
  rates: { personal: ['key'], rows: { key: 'rates' }, erase: 'delete' },
  lanes: { personal: ['key'], rows: { key: 'lanes' }, erase: 'delete' },
  conversations: {
    personal: ['id', 'phone', 'wa_id', 'user_id'],
    rows: { id: 'conversations' },
    erase: 'delete',
  },
  identities: { personal: ['value', 'driver_id'], rows: { driver_id: 'driver' }, erase: 'delete' },
  drivers: {
    personal: ['id', 'name', 'language', 'time_zone', 'permissions', 'opted_out_by'],
    rows: { id: 'driver' },
    erase: 'delete',
  },
  webhook_events: { personal: ['value'], rows: { mentions: 'value::text' }, erase: 'delete' },
  dead_letters: {
    personal: ['message_id', 'error', 'body', 'headers'],
    rows: { mentions: "encode(body, 'escape') || headers::text" },
    erase: 'cut',
    remains: 'that something could not be handled, and what of it is about others',
  },
  audit: {
    personal: ['conversation_id', 'driver_id', 'detail'],
    rows: { driver_id: 'driver', conversation_id: 'conversations', turn_id: 'turns' },
    erase: 'tombstone',
    remains: 'that something happened, and when; not whose it was, or what',
  },
  'archive.records': {
    personal: ['conversation_id', 'driver_id', 'content'],
    rows: { driver_id: 'driver', conversation_id: 'conversations' },
    erase: 'delete',
  },
  audit_links: {
    keeps: 'hashes of rows of the audit; of erased ones without the salt that it takes to try them',
  },
  faq_entries: { keeps: 'what the company answers' },
  faq_phrases: { keeps: 'ways to ask for it; of drivers only words without names and numbers' },
  templates: { keeps: 'what WhatsApp says of our templates' },
  migrations: { keeps: 'the version of the schema' },
}
