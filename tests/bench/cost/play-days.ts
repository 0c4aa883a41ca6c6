import { mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '@waybill/test-kit'
import { importDrivers } from '@waybill/tools'
import { z } from 'zod'
import {
  EMPTY_SESSION,
  type Language,
  languageSchema,
  type Session,
  sessionSchema,
} from '../../../services/assistant/src/session/session.ts'
import { requestBody } from '../../../services/assistant/src/understand/ask-model.ts'
import { choicesOf, fill, readable } from '../../e2e/play.ts'
import { freshStack, type TestStack } from '../../fresh-stack.ts'
import { sandboxAt } from '../../sandbox.ts'
import { type DayMessage, type DriverDay, minutesOf } from './driver-days.ts'
import { type Asked, startRecorder } from './recorder.ts'

/** A message of the day, and what became of it. */
export type Played = {
  driverId: string
  language: Language
  timeZone: string
  /** Minutes of the day. */
  at: number
  /** What the driver wrote, said, tapped on, or wrote under a photo; empty for what has no words. */
  words: string
  isTap: boolean
  /** How it was understood; none for what is no words. */
  path: string | undefined
  tools: string[]
  /** As it was before the turn. */
  session: Session
  /** Of the turn, with the last of its messages. */
  reply: string
  /** The orders of the day as the order system has them. */
  orders: object[]
}

export type PlayedDay = { played: Played[]; asked: Asked[]; spokenSeconds: number; drivers: number }

/** Nothing is ordered finer than this: within it drivers write side by side. */
const STEP_MINUTES = 5
/** For the key under which a driver is known to OpenRouter. */
const API_KEY = 'bench'
const ANSWER_MS_MAX = 30_000
const CHECK_IN_MS_MAX = 60_000

type Cast = { day: DriverDay; driverId: string; phone: string }
type Sandbox = ReturnType<typeof sandboxAt>
type Sent = { cast: Cast; wamid: string; at: number; words: string; isTap: boolean }

/** Plays the days through the whole system, from the check-in on, as fast as it answers. */
export async function playDays(days: readonly DriverDay[]): Promise<PlayedDay> {
  const casts = days.map((day, index) => ({
    ...{ day, driverId: `driver-day-${index + 1}`, phone: `1555050${String(index + 1).padStart(4, '0')}` },
  }))
  const clocks = new Map<string, number>()
  await using recorder = await startRecorder((user) => clocks.get(user) ?? 0)
  using dir = mkdtempDisposableSync(join(tmpdir(), 'waybill-days-'))
  const fleet = join(dir.path, 'fleet.json')
  writeFileSync(fleet, JSON.stringify({ drivers: casts.map(fleetDriver) }))
  await using system = await freshStack(() => ({
    scale: { ingress: 1, intake: 1, assistant: 2, sender: 1, guardrails: 1 },
    env: {
      sandbox: { SANDBOX_FLEET: fleet, OPENROUTER_API_KEY: API_KEY },
      // A day in a minute: nobody waits for the rest of an album.
      assistant: { OPENROUTER_BASE_URL: recorder.url, OPENROUTER_API_KEY: API_KEY, ALBUM_QUIET_MS: '0' },
      scheduler: { CHECK_IN_INTERVAL_MS: '200' },
    },
  }))
  const sandbox = sandboxAt(system.stack.description.urls.sandbox)
  recorder.passOnTo(`${system.stack.description.urls.sandbox}/openrouter/api/v1`)
  await importDrivers(system.servers.postgresUrl, casts.map(driverRow))
  await system.pool.query(
    `UPDATE drivers SET check_in_at = '00:00', created_at = '2025-01-01' WHERE id = ANY ($1)`,
    [casts.map(({ driverId }) => driverId)],
  )
  await Promise.all(casts.map((cast) => isAsked(cast, sandbox)))

  const sent: Sent[] = []
  for (let from = 0; from < 24 * 60; from += STEP_MINUTES) {
    await Promise.all(
      casts.map(async (cast) => {
        const due = cast.day.messages.filter(
          (it) => minutesOf(it) >= from && minutesOf(it) < from + STEP_MINUTES,
        )
        for (const messages of Map.groupBy(due, minutesOf).values()) {
          for (const at of messages.slice(0, 1).map(minutesOf)) clocks.set(userOf(cast), at)
          const wamids: string[] = []
          for (const message of messages) {
            const one = await send(message, cast, sandbox)
            sent.push(one)
            wamids.push(one.wamid)
          }
          await isAnswered(wamids, system)
        }
      }),
    )
  }
  return {
    played: await whatBecameOf(sent, system, sandbox),
    asked: recorder.asked,
    spokenSeconds: days
      .flatMap(({ messages }) => messages)
      .reduce((sum, it) => sum + ('voice' in it ? it.seconds : 0), 0),
    drivers: days.length,
  }
}

async function send(message: DayMessage, cast: Cast, sandbox: Sandbox): Promise<Sent> {
  const phone = sandbox.phone(cast.phone)
  const { today } = await sandbox.ordersOf(cast.phone)
  const filled = fill(message, today)
  const answers = await phone.answers()
  const choice =
    'tap' in filled ? answers.map(choicesOf).findLast((it) => it.length > 0)?.[filled.tap - 1] : undefined
  const [body, words] = choice
    ? [choice.message, choice.title]
    : contentOf(filled, { last: answers.at(-1)?.wamid ?? '', orders: today })
  const [wamid = ''] = await phone.sendAcked(body)
  return { cast, wamid, at: minutesOf(message), words, isTap: choice !== undefined }
}

const placeSchema = z.object({ address: z.object({ lat: z.number(), lng: z.number() }) })

/** What is sent, and the words in it. */
function contentOf(
  message: DayMessage,
  { last, orders }: { last: string; orders: readonly object[] },
): [object, string] {
  if ('say' in message) return [{ type: 'text', text: message.say }, message.say]
  if ('tap' in message) return [{ type: 'text', text: message.or }, message.or]
  if ('voice' in message) {
    return [{ type: 'audio', audio: { transcript: message.voice, seconds: message.seconds } }, message.voice]
  }
  if ('photo' in message) {
    const image = message.photo === '' ? {} : { caption: message.photo }
    return [{ type: 'image', image }, message.photo]
  }
  if ('location' in message) {
    const { lat: latitude, lng: longitude } = placeSchema.parse(orders[message.location - 1]).address
    return [{ type: 'location', location: { latitude, longitude } }, '']
  }
  if ('react' in message)
    return [{ type: 'reaction', reaction: { message_id: last, emoji: message.react } }, '']
  return [{ type: 'sticker', sticker: {} }, '']
}

async function isAsked({ phone }: Cast, sandbox: Sandbox): Promise<void> {
  await eventually(async () => (await sandbox.phone(phone).answers()).length > 0, {
    ...{ what: 'the check-in', timeoutMs: CHECK_IN_MS_MAX },
  })
}

async function isAnswered(wamids: readonly string[], { pool }: TestStack): Promise<void> {
  await eventually(
    async () => {
      const { rows } = await pool.query<{ answered: string; open: string }>(
        `SELECT (SELECT count(*) FROM inbound WHERE wamid = ANY ($1) AND status = 'answered') AS answered,
           (SELECT count(*) FROM outbound JOIN inbound USING (turn_id)
            WHERE inbound.wamid = ANY ($1) AND outbound.state IN ('pending', 'sending')) AS open`,
        [wamids],
      )
      return Number(rows[0]?.answered) === wamids.length && rows[0]?.open === '0'
    },
    { what: 'the answer', timeoutMs: ANSWER_MS_MAX },
  )
}

const becameSchema = z.object({
  wamid: z.string(),
  turn_id: z.string(),
  session: sessionSchema.nullable(),
  details: z.array(z.looseObject({ path: z.string().optional(), tool: z.string().optional() })),
  replies: z.array(z.string().nullable()),
})

async function whatBecameOf(sent: readonly Sent[], { pool }: TestStack, sandbox: Sandbox): Promise<Played[]> {
  const { rows } = await pool.query(
    `SELECT i.wamid, i.turn_id,
       (SELECT earlier.session FROM turns earlier
        WHERE earlier.conversation_id = i.conversation_id AND earlier.committed_at < t.committed_at
        ORDER BY earlier.committed_at DESC LIMIT 1) AS session,
       coalesce((SELECT jsonb_agg(a.detail ORDER BY a.id) FROM audit a
        WHERE a.turn_id = i.turn_id AND a.detail ->> 'wamid' = i.wamid), '[]') AS details,
       coalesce((SELECT jsonb_agg(o.wamid ORDER BY o.seq) FROM outbound o WHERE o.turn_id = i.turn_id), '[]') AS replies
     FROM inbound i JOIN turns t ON t.id = i.turn_id WHERE i.wamid = ANY ($1)`,
    [sent.map(({ wamid }) => wamid)],
  )
  const became = new Map(
    z
      .array(becameSchema)
      .parse(rows)
      .map((it) => [it.wamid, it]),
  )
  const lastOfTurn = new Map(sent.map(({ wamid }) => [became.get(wamid)?.turn_id, wamid]))
  const phones = new Map<string, { shown: Map<string, string>; orders: object[] }>()
  for (const { phone } of new Set(sent.map(({ cast }) => cast))) {
    const shown = (await sandbox.phone(phone).answers()).map((it) => [it.wamid, readable(it)] as const)
    phones.set(phone, { shown: new Map(shown), orders: (await sandbox.ordersOf(phone)).today })
  }
  return sent.map(({ cast, wamid, at, words, isTap }) => {
    const it = became.get(wamid)
    const phone = phones.get(cast.phone)
    const isLast = it && lastOfTurn.get(it.turn_id) === wamid
    const details = it?.details ?? []
    return {
      ...{ driverId: cast.driverId, timeZone: cast.day.driver.timeZone, at, words, isTap },
      language: languageSchema.parse(it?.session?.language ?? cast.day.language),
      path: details.find(({ path }) => path !== undefined)?.path,
      tools: details.flatMap(({ tool }) => tool ?? []),
      session: it?.session ?? EMPTY_SESSION,
      reply: isLast ? it.replies.map((reply) => phone?.shown.get(reply ?? '') ?? '').join('\n') : '',
      orders: phone?.orders ?? [],
    }
  })
}

function userOf({ driverId, day }: Cast): string {
  const question = {
    ...{ conversationId: '', wamid: '', words: '', language: 'en' as const, session: EMPTY_SESSION, now: 0 },
    ...{ today: '', driver: { id: driverId, timeZone: day.driver.timeZone } },
  }
  const config = {
    model: '',
    fallbackModels: [],
    providers: [],
    dataCollection: 'deny' as const,
    apiKey: API_KEY,
  }
  return requestBody(question, config).user
}

function fleetDriver({ day: { driver, language }, driverId, phone }: Cast) {
  return {
    ...{ id: driverId, name: driver.name, phone, userId: `US.9100000000${phone}`, timeZone: driver.timeZone },
    ...{ language, status: 'active' },
    orders: { firstId: 800_000 + Number(phone.slice(-4)) * 100, count: driver.orders },
  }
}

function driverRow({ day: { driver, language }, driverId, phone }: Cast) {
  return {
    ...{ id: driverId, name: driver.name, phone, timeZone: driver.timeZone },
    ...{ status: 'active' as const, language: languageSchema.parse(language) },
    ...{ checkInAt: null, checkInUntil: '23:59', permissions: ['customer-phone'] },
  }
}
