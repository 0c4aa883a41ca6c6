import { userInfo } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs, types } from 'node:util'
import { z } from 'zod'

export const DEAD_LETTERS_HELP = `dead-letters list            what was set aside, the oldest first
dead-letters show ID         one of them; --reveal shows what is personal in it, and is on record
dead-letters replay ID…      back to where it came from; twice does no harm
dead-letters drop ID…        nobody will see to it
  --queue Q --error TEXT --since T --until T    instead of ids: which ones; T like 2h, 30m, 3d or 2026-11-23T06:00Z
  --all                      every one that is open
  --rate N                   so many a second are replayed (10)
  --state open|replayed|dropped|all             of a list (open)
  --as NAME                  who does it, for the record; the name of your account without`

export type AdminApi = { url: string; token: string }

const REQUEST_MS_MAX = 30_000
const LISTED_MAX = 200
const RATE_MAX = 100
const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 }

const letterSchema = z.object({
  ...{ id: z.string(), queue: z.string(), reason: z.string(), error: z.string(), state: z.string() },
  ...{ attempts: z.number(), deaths: z.number(), firstFailedAt: z.string(), diedAt: z.string() },
})
const listSchema = z.object({ letters: z.array(letterSchema), matching: z.number() })
const settledSchema = z.object({
  settled: z.array(z.string()),
  failed: z.array(z.object({ id: z.string(), error: z.string() })),
  left: z.number(),
})

type Say = (line: string) => void

/** The words on the command line are wrong. */
class UsageError extends Error {}

/** The exit code: 0 done, 1 something failed, 2 not a command. Throws with a sentence when dispatch can not do it. */
export async function deadLettersCommand(
  args: readonly string[],
  api: () => AdminApi,
  say: Say = (line) => console.log(printable(line)),
): Promise<number> {
  try {
    return await run(args, api, say)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    say(error.message)
    return 2
  }
}

async function run(args: readonly string[], api: () => AdminApi, say: Say): Promise<number> {
  const { values, positionals } = parse(args)
  const [command, ...ids] = positionals
  const which = {
    queue: values.queue,
    error: values.error,
    since: instantOf('since', values.since),
    until: instantOf('until', values.until),
  }
  const call = caller(api, values.as ?? userInfo().username)

  if (command === 'list' && ids.length === 0) {
    const query = queryOf({ ...which, state: values.state, limit: String(LISTED_MAX) })
    const { letters, matching } = listSchema.parse(await call('GET', `/dead-letters${query}`))
    for (const line of tableOf(letters)) say(line)
    say(
      matching > letters.length
        ? `${matching} in all, the first ${letters.length} are shown`
        : `${matching} in all`,
    )
    return 0
  }
  const [id] = ids
  if (command === 'show' && id !== undefined && ids.length === 1) {
    const path = `/dead-letters/${encodeURIComponent(id)}${values.reveal ? '?reveal=true' : ''}`
    say(JSON.stringify(await call('GET', path), null, 2))
    return 0
  }
  if (command === 'replay' || command === 'drop') {
    const rate = rateOf(values.rate)
    const isSelected = values.all === true || Object.values(which).some((it) => it !== undefined)
    if (ids.length === 0 && !isSelected)
      throw new UsageError('Which ones? Ids, --queue, --error, --since, --until, or --all.')
    if (ids.length > 0 && isSelected) throw new UsageError('Give ids, or what they have in common, not both.')
    const body = ids.length > 0 ? { ids } : { ...which, ...(values.all ? { all: true } : {}) }
    return settleAll((limit) => call('POST', `/dead-letters/${command}`, { ...body, limit }), {
      ...{ command, rate: command === 'drop' ? RATE_MAX : rate, say },
    })
  }
  return 2
}

/**
 * As many as the rate allows, every second, until none is left or none can be settled. Each once: one that dies again goes
 * to the end of the line, so that whoever comes by for the second time is the last.
 */
async function settleAll(
  settle: (limit: number) => Promise<unknown>,
  { command, rate, say }: { command: 'replay' | 'drop'; rate: number; say: Say },
): Promise<number> {
  const failed = new Map<string, string>()
  const settled = new Set<string>()
  for (;;) {
    const answer = settledSchema.parse(await settle(rate))
    const isOver =
      answer.left === 0 || answer.settled.length === 0 || answer.settled.some((id) => settled.has(id))
    for (const id of answer.settled) settled.add(id)
    for (const { id, error } of answer.failed) failed.set(id, error)
    if (isOver) break
    say(`${settled.size} ${command === 'drop' ? 'dropped' : 'replayed'}, ${answer.left} left`)
    await delay(1_000)
  }
  for (const [id, error] of failed) say(`${id} failed: ${error}`)
  say(
    settled.size > 0
      ? `${settled.size} ${command === 'drop' ? 'dropped' : 'replayed'}`
      : 'nothing to do: none of them is open (any more)',
  )
  return failed.size > 0 ? 1 : 0
}

function caller(api: () => AdminApi, by: string) {
  return async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const { url, token } = api()
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'x-operator': by.replaceAll(/[^\x20-\x7e]/g, '?'), // a header takes ASCII
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(REQUEST_MS_MAX),
    }).catch((error: unknown) => {
      throw new Error(`dispatch does not answer at ${url}: is it running?`, { cause: error })
    })
    const answer: unknown = await response.json().catch(() => ({}))
    if (response.ok) return answer
    const { data } = z.object({ error: z.string() }).safeParse(answer)
    throw new Error(`dispatch answered ${response.status}: ${data?.error ?? 'nothing that could be read'}`)
  }
}

function tableOf(letters: readonly z.output<typeof letterSchema>[]): string[] {
  return letters.map(({ id, queue, reason, error, attempts, deaths, firstFailedAt, diedAt, state }) =>
    [
      id.padStart(6),
      state.padEnd(8),
      queue.padEnd(30),
      `${attempts} attempts`.padEnd(13),
      ...(deaths > 1 ? [`died ${deaths} times`] : []),
      `${firstFailedAt} – ${diedAt}`,
      `${reason}: ${error}`,
    ].join('  '),
  )
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...{ queue: text, error: text, since: text, until: text, state: text, rate: text, as: text },
        reveal: { type: 'boolean' },
        all: { type: 'boolean' },
      },
    })
  } catch (cause) {
    throw new UsageError(types.isNativeError(cause) ? cause.message : String(cause), { cause })
  }
}

function queryOf(parts: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parts).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  return `?${new URLSearchParams(Object.fromEntries(given)).toString()}`
}

function instantOf(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? []
  const ms = unit === 'm' || unit === 'h' || unit === 'd' ? Number(count) * UNITS_MS[unit] : undefined
  const at = ms === undefined ? new Date(text) : new Date(Date.now() - ms)
  if (Number.isNaN(at.getTime()))
    throw new UsageError(`--${name} ${text}: give 2h, 30m, 3d, or a time like 2026-11-23T06:00Z.`)
  return at.toISOString()
}

function rateOf(text = '10'): number {
  const rate = Number(text)
  if (Number.isInteger(rate) && rate >= 1 && rate <= RATE_MAX) return rate
  throw new UsageError(`--rate ${text}: a whole number from 1 to ${RATE_MAX}.`)
}

/** What came from outside must not move the cursor, or write from right to left. */
function printable(line: string): string {
  return line.replaceAll(/[^\P{C}\n]/gu, '�')
}
