import { createWriteStream, readFileSync } from 'node:fs'
import { finished } from 'node:stream/promises'
import { z } from 'zod'

const at = z.number()

/**
 * What was done to the system and what became of it, one JSON object per line. Times are in ms since 1970, of the
 * machine that all of it runs on.
 */
const eventSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('run'),
    at,
    fault: z.string(),
    seed: z.number(),
    seconds: z.number(),
    allows: z.array(z.string()),
  }),
  /** A driver wrote. */
  z.object({ kind: z.literal('message'), at, wamid: z.string(), phone: z.string() }),
  /** One attempt to hand webhooks over; without a status nobody knows what became of it. */
  z.object({
    kind: z.literal('post'),
    at,
    tookMs: z.number(),
    wamids: z.array(z.string()),
    status: z.number().optional(),
  }),
  /** What was broken, or healed. */
  z.object({ kind: z.literal('fault'), at, step: z.string() }),
  /** Something did not do what the fault waited for. */
  z.object({ kind: z.literal('failure'), at, error: z.string() }),
  z.object({ kind: z.literal('healed'), at }),
  z.object({ kind: z.literal('drained'), at, left: z.array(z.string()) }),
  /** What the system took while it ran. */
  z.object({ kind: z.literal('sample'), at, memoryMb: z.number(), queued: z.number() }),
  /** A process that ended by itself. */
  z.object({ kind: z.literal('crash'), at, process: z.string(), reason: z.string() }),

  z.object({
    kind: z.literal('inbound'),
    wamid: z.string(),
    conversation: z.string(),
    status: z.string(),
    turn: z.string().nullable(),
    sentAt: at,
    receivedUs: z.number(),
    position: z.number(),
    recordedUs: z.number(),
  }),
  z.object({
    kind: z.literal('turn'),
    id: z.string(),
    conversation: z.string(),
    epoch: z.number(),
    committedUs: z.number(),
    audits: z.number(),
    modelCalls: z.number(),
  }),
  z.object({
    kind: z.literal('reply'),
    id: z.string(),
    turn: z.string().nullable(),
    conversation: z.string(),
    seq: z.number(),
    state: z.string(),
    isBroadcast: z.boolean(),
    acceptedAt: at.nullable(),
  }),
  /** WhatsApp has shown it on a phone. */
  z.object({
    kind: z.literal('shown'),
    reply: z.string().optional(),
    wamid: z.string(),
    phone: z.string(),
    at,
    cursor: z.number(),
  }),
  z.object({ kind: z.literal('command'), id: z.string(), state: z.string() }),
  /** The order system has done it. */
  z.object({ kind: z.literal('write'), key: z.string().nullable(), action: z.string() }),
  z.object({ kind: z.literal('dead'), queue: z.string(), count: z.number() }),
  /** Personal data or a secret in a log. */
  z.object({ kind: z.literal('leak'), file: z.string(), what: z.string() }),
  /** How much a counter grew over all processes. */
  z.object({ kind: z.literal('counter'), name: z.string(), by: z.number() }),
])
export type Event = z.output<typeof eventSchema>
export type EventOf<Kind extends Event['kind']> = Extract<Event, { kind: Kind }>

export type History = AsyncDisposable & {
  readonly events: readonly Event[]
  add(event: Event): void
}

/** Kept in memory for the checker, and in a file for whoever wants to know more. */
export function openHistory(file: string): History {
  const stream = createWriteStream(file)
  const events: Event[] = []
  return {
    events,
    add(event) {
      events.push(event)
      stream.write(`${JSON.stringify(event)}\n`)
    },
    async [Symbol.asyncDispose]() {
      stream.end()
      await finished(stream)
    },
  }
}

/** Throws with the line that is not an event. */
export function readHistory(file: string): Event[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  return lines.map((line, index) => {
    const event = eventSchema.safeParse(JSON.parse(line))
    if (!event.success)
      throw new Error(`${file}:${index + 1} is not an event: ${z.prettifyError(event.error)}`)
    return event.data
  })
}

export function eventsOf<Kind extends Event['kind']>(events: readonly Event[], kind: Kind): EventOf<Kind>[] {
  return events.filter((event): event is EventOf<Kind> => event.kind === kind)
}
