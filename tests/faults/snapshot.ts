import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { FaultStack } from './fault-stack.ts'
import type { Event } from './history.ts'
import { CANARY } from './load.ts'

const INBOUND = `SELECT wamid, conversation_id AS conversation, status, turn_id AS turn,
  (extract(epoch FROM sent_at) * 1000)::float AS "sentAt", received_us::float AS "receivedUs", position,
  (extract(epoch FROM recorded_at) * 1e6)::float AS "recordedUs" FROM inbound WHERE recorded_at >= $1`
const TURNS = `SELECT t.id, t.conversation_id AS conversation, t.epoch::float AS epoch,
  (extract(epoch FROM t.committed_at) * 1e6)::float AS "committedUs",
  (SELECT count(*)::int FROM audit a WHERE a.turn_id = t.id) AS audits,
  (SELECT count(*)::int FROM model_calls m WHERE m.turn_id = t.id AND NOT m.is_cache_hit) AS "modelCalls"
  FROM turns t WHERE t.committed_at >= $1`
const REPLIES = `SELECT id, turn_id AS turn, conversation_id AS conversation, seq::float AS seq, state,
  priority = 'broadcast' AS "isBroadcast", (extract(epoch FROM accepted_at) * 1000)::float AS "acceptedAt"
  FROM outbound WHERE created_at >= $1`
const COMMANDS = 'SELECT id, state FROM order_commands WHERE created_at >= $1'

const DEAD = 'SELECT queue, count(*)::int AS count FROM dead_letters WHERE died_at >= $1 GROUP BY queue'

const ROWS = [
  ['inbound', INBOUND],
  ['turn', TURNS],
  ['reply', REPLIES],
  ['command', COMMANDS],
  ['dead', DEAD],
] as const

/** What became of everything since a moment, as every part of the system and of the world outside has it. */
export async function* snapshot(system: FaultStack, since: Date): AsyncGenerator<Event> {
  const { pool, sandbox, drivers } = system
  for (const [kind, sql] of ROWS) {
    const { rows } = await pool.query<object>(sql, [since])
    for (const row of rows) yield { kind, ...row } as Event
  }
  for (const { phone } of drivers) {
    for (const { wamid, biz_opaque_callback_data: reply, timestamps, cursor } of await sandbox
      .phone(phone)
      .answers()) {
      const at = timestamps.accepted ?? 0
      if (at >= since.getTime())
        yield { kind: 'shown', wamid, phone, at, cursor, ...(reply === undefined ? {} : { reply }) }
    }
  }
  for (const { at, action, idempotencyKey } of await sandbox.orderWrites()) {
    if (at >= since.getTime()) yield { kind: 'write', key: idempotencyKey ?? null, action: action ?? '' }
  }
  yield* leaks(system)
}

/** Phone numbers of drivers, what they wrote, and secrets have no place in a log. */
async function* leaks({ dir, stack, drivers }: FaultStack): AsyncGenerator<Event> {
  const { whatsapp, dispatch } = stack.description
  const secrets: [string, string][] = [
    ['words of a driver', CANARY],
    ['the app secret', whatsapp.appSecret],
    ['the admin token', dispatch.adminToken],
    ...drivers.map(({ phone }): [string, string] => ['a phone number', phone]),
  ]
  const logs = join(dir, 'logs')
  for (const file of await readdir(logs)) {
    if (file.startsWith('sandbox')) continue // the world outside
    const found = new Set<string>()
    for await (const line of createInterface({ input: createReadStream(join(logs, file)) })) {
      for (const [what, secret] of secrets) if (line.includes(secret)) found.add(what)
    }
    for (const what of found) yield { kind: 'leak', file, what }
  }
}

const COUNTED: readonly (readonly [string, RegExp])[] = [
  ['fenced', /^waybill_lane_fenced_total/],
  ['swept', /^waybill_lanes_swept_total/],
  ['breaker', /^waybill_breaker_calls_total\{.*outcome="open"/],
  ['errors', /^waybill_breaker_calls_total\{.*outcome="error"/],
  ['timeouts', /^waybill_breaker_calls_total\{.*outcome="timeout"/],
  ['visible duplicates', /^waybill_visible_duplicates_total/],
  ['limited', /^waybill_rate_limited_turns_total/],
]

/** What the processes have counted, by process: one that starts again starts at none. */
export async function counters({ stack }: FaultStack): Promise<Map<string, Map<string, number>>> {
  const all = new Map<string, Map<string, number>>()
  await Promise.all(
    stack.processes.map(async ({ instance, pid, metricsUrl }) => {
      const text = await fetch(metricsUrl, { signal: AbortSignal.timeout(5_000) }).then(
        (answer) => answer.text(),
        () => '',
      )
      const counts = new Map<string, number>()
      for (const line of text.split('\n')) {
        for (const [name, pattern] of COUNTED) {
          if (pattern.test(line)) counts.set(name, (counts.get(name) ?? 0) + Number(line.split(' ').at(-1)))
        }
      }
      all.set(`${instance} ${pid}`, counts)
    }),
  )
  return all
}

export function growthOf(
  before: Map<string, Map<string, number>>,
  after: Map<string, Map<string, number>>,
): Event[] {
  const grown = new Map<string, number>()
  for (const [process, counts] of after) {
    for (const [name, count] of counts) {
      const by = count - (before.get(process)?.get(name) ?? 0)
      if (by > 0) grown.set(name, (grown.get(name) ?? 0) + by)
    }
  }
  return [...grown].map(([name, by]) => ({ kind: 'counter', name, by }))
}
