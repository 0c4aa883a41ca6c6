import { type Event, type EventOf, eventsOf } from './history.ts'

/** What may never be more than none, except where a fault says that it may. */
export type Wrong =
  | 'lost'
  | 'unexpected'
  | 'duplicated'
  | 'reordered'
  | 'unanswered'
  | 'dead'
  | 'crashed'
  | 'leaked'
  | 'unaudited'
  | 'undrained'
  /** Something answered or ended in another way than it should. */
  | 'misbehaved'
  /** The fault did not do what it is there for. */
  | 'harmless'

export type Verdict = {
  fault: string
  seed: number
  messages: number
  /** Attempts that were not acknowledged: WhatsApp sent again. */
  refused: number
  /** Never acknowledged, and yet processed. */
  recovered: number
  /** Was recorded only after a turn had taken later ones. */
  late: number
  wrong: Record<Wrong, string[]>
  allows: readonly string[]
  /** Of everybody but the driver who wrote most, who may have himself to blame. */
  answer: { p50Ms: number; p95Ms: number; maxMs: number }
  /** The slowest acknowledgement. */
  ackMaxMs: number
  /** From the healing to an empty system. */
  drainedMs: number | undefined
  memoryMbMax: number
  queuedMax: number
  counters: Record<string, number>
}

/** What a turn may ask a model, over all its steps: docs/limits.md. */
const MODEL_CALLS_MAX = 4

export const isGreen = ({ wrong, allows }: Verdict) =>
  Object.entries(wrong).every(([name, found]) => found.length === 0 || allows.includes(name))

/** Says of a history what the promises say about it. Pure: the same history has the same verdict. */
export function check(events: readonly Event[]): Verdict {
  const [run] = eventsOf(events, 'run')
  if (!run) throw new Error('the history does not say what was run')
  const posts = eventsOf(events, 'post')
  const messages = eventsOf(events, 'message')
  const inbound = eventsOf(events, 'inbound')
  const turns = new Map(eventsOf(events, 'turn').map((turn) => [turn.id, turn]))
  const replies = eventsOf(events, 'reply')
  const shown = eventsOf(events, 'shown')
  const acked = new Set(posts.flatMap(({ status, wamids }) => (status === 200 ? wamids : [])))
  const written = new Map(messages.map((message) => [message.wamid, message]))
  const rows = new Map(inbound.map((row) => [row.wamid, row]))
  const order = orderOf(inbound, turns)
  const [drained] = eventsOf(events, 'drained')
  const [healed] = eventsOf(events, 'healed')
  const samples = eventsOf(events, 'sample')
  const firstShown = new Map<string, number>()
  for (const { reply, at } of shown) if (reply && !firstShown.has(reply)) firstShown.set(reply, at)

  return {
    fault: run.fault,
    seed: run.seed,
    messages: messages.length,
    refused: posts.filter(({ status }) => status !== 200).length,
    recovered: inbound.filter(({ wamid }) => written.has(wamid) && !acked.has(wamid)).length,
    late: order.late,
    wrong: {
      lost: [...acked].filter((wamid) => !['answered', 'dead'].includes(rows.get(wamid)?.status ?? 'none')),
      unexpected: [
        ...inbound.flatMap(({ wamid }) => (written.has(wamid) ? [] : [`recorded ${wamid}`])),
        ...shown.flatMap(({ reply, wamid }) =>
          reply && replies.some(({ id }) => id === reply) ? [] : [`shown ${wamid}`],
        ),
      ],
      duplicated: [...shownTwice(shown), ...answeredTwice(inbound, turns), ...writesTwice(events)],
      reordered: [...order.reordered, ...fencedEffects(turns), ...repliesReordered(replies, shown)],
      unanswered: unanswered(inbound, replies, firstShown),
      dead: [
        ...inbound.flatMap(({ wamid, status }) => (status === 'dead' ? [wamid] : [])),
        ...eventsOf(events, 'dead').map(({ queue, count }) => `${count} in ${queue}`),
      ],
      crashed: eventsOf(events, 'crash').map(({ process, reason }) => `${process}: ${reason}`),
      leaked: eventsOf(events, 'leak').map(({ file, what }) => `${what} in ${file}`),
      unaudited: [...turns.values()].flatMap(({ id, audits }) => (audits > 0 ? [] : [id])),
      misbehaved: [
        ...eventsOf(events, 'failure').map(({ error }) => error),
        ...[...turns.values()].flatMap(({ id, modelCalls }) =>
          modelCalls > MODEL_CALLS_MAX ? [`turn ${id} asked a model ${modelCalls} times`] : [],
        ),
      ],
      harmless: [],
      undrained: drained ? drained.left : ['the system was never seen empty'],
    },
    allows: run.allows,
    answer: answerTimes(inbound, replies, firstShown, written),
    ackMaxMs: Math.max(0, ...posts.flatMap(({ status, tookMs }) => (status === 200 ? [tookMs] : []))),
    drainedMs: drained && healed && drained.left.length === 0 ? drained.at - healed.at : undefined,
    memoryMbMax: Math.max(0, ...samples.map(({ memoryMb }) => memoryMb)),
    queuedMax: Math.max(0, ...samples.map(({ queued }) => queued)),
    counters: Object.fromEntries(eventsOf(events, 'counter').map(({ name, by }) => [name, by])),
  }
}

type Turns = ReadonlyMap<string, EventOf<'turn'>>

/**
 * A conversation's messages are answered in the order of WhatsApp's time, the ingress clock and their place. One that
 * was recorded after another is late if that one was answered first; one that was there in time is out of order.
 */
function orderOf(inbound: readonly EventOf<'inbound'>[], turns: Turns) {
  const reordered: string[] = []
  let late = 0
  for (const rows of Map.groupBy(inbound, ({ conversation }) => conversation).values()) {
    const sorted = rows.toSorted(
      (a, b) => a.sentAt - b.sentAt || a.receivedUs - b.receivedUs || a.position - b.position,
    )
    const answeredUs = ({ turn }: EventOf<'inbound'>) => turns.get(turn ?? '')?.committedUs ?? 0
    for (const [index, row] of sorted.entries()) {
      const overtaking = sorted.slice(index + 1).filter((other) => answeredUs(other) < answeredUs(row))
      const first = overtaking.find(({ recordedUs }) => row.recordedUs <= recordedUs)
      if (first) reordered.push(`${row.wamid} after ${first.wamid}`)
      else if (overtaking.length > 0) late += 1
    }
  }
  return { reordered, late }
}

/** Whoever commits later holds a later epoch, or the same one. */
function fencedEffects(turns: Turns): string[] {
  return [...Map.groupBy(turns.values(), ({ conversation }) => conversation).values()].flatMap((ofOne) => {
    const sorted = ofOne.toSorted((a, b) => a.committedUs - b.committedUs)
    return sorted.flatMap((turn, index) => {
      const before = sorted[index - 1]
      return before && before.epoch > turn.epoch ? [`turn ${turn.id} of an old epoch`] : []
    })
  })
}

/** The phone shows replies in the order in which they were written. Broadcasts may step aside. */
function repliesReordered(
  replies: readonly EventOf<'reply'>[],
  shown: readonly EventOf<'shown'>[],
): string[] {
  const seqs = new Map(
    replies.flatMap(({ id, seq, isBroadcast }) => (isBroadcast ? [] : [[id, seq] as const])),
  )
  return [...Map.groupBy(shown, ({ phone }) => phone).values()].flatMap((ofOne) => {
    const known = new Set<string>()
    const inOrder = ofOne
      .toSorted((a, b) => a.cursor - b.cursor)
      .flatMap(({ reply = '' }) => {
        const seq = seqs.get(reply)
        if (seq === undefined || known.has(reply)) return []
        known.add(reply)
        return [{ reply, seq }]
      })
    return inOrder.flatMap(({ reply, seq }, index) =>
      seq < (inOrder[index - 1]?.seq ?? 0) ? [`reply ${reply} shown late`] : [],
    )
  })
}

function shownTwice(shown: readonly EventOf<'shown'>[]): string[] {
  const byReply = Map.groupBy(shown, ({ reply }) => reply ?? 'unknown')
  return [...byReply].flatMap(([reply, copies]) =>
    reply !== 'unknown' && copies.length > 1 ? [`reply ${reply} shown ${copies.length} times`] : [],
  )
}

/** Every turn answers a message that no other turn has answered. */
function answeredTwice(inbound: readonly EventOf<'inbound'>[], turns: Turns): string[] {
  const answering = new Set(inbound.map(({ turn }) => turn))
  return [...turns.keys()].flatMap((id) =>
    answering.has(id) ? [] : [`turn ${id} answers what was answered`],
  )
}

/** A command is written once, under its own key; one that is done is written. */
function writesTwice(events: readonly Event[]): string[] {
  const byKey = Map.groupBy(eventsOf(events, 'write'), ({ key }) => key ?? 'no key')
  const commands = new Map(eventsOf(events, 'command').map(({ id, state }) => [id, state]))
  return [
    ...[...byKey].flatMap(([key, writes]) =>
      writes.length > 1 ? [`command ${key} done ${writes.length} times`] : [],
    ),
    ...[...byKey.keys()].flatMap((key) => (commands.has(key) ? [] : [`write ${key} without a command`])),
  ]
}

function unanswered(
  inbound: readonly EventOf<'inbound'>[],
  replies: readonly EventOf<'reply'>[],
  firstShown: ReadonlyMap<string, number>,
): string[] {
  const answeredTurns = new Set(replies.flatMap(({ id, turn }) => (turn && firstShown.has(id) ? [turn] : [])))
  return inbound.flatMap(({ wamid, status, turn }) =>
    status !== 'waiting' && !answeredTurns.has(turn ?? '') ? [wamid] : [],
  )
}

function answerTimes(
  inbound: readonly EventOf<'inbound'>[],
  replies: readonly EventOf<'reply'>[],
  firstShown: ReadonlyMap<string, number>,
  written: ReadonlyMap<string, EventOf<'message'>>,
) {
  const answeredAt = new Map<string, number>()
  for (const { id, turn } of replies) {
    const at = firstShown.get(id)
    if (turn && at !== undefined) answeredAt.set(turn, Math.min(at, answeredAt.get(turn) ?? at))
  }
  const busiest = busiestOf([...written.values()].map(({ phone }) => phone))
  const times = inbound
    .flatMap(({ wamid, turn }) => {
      const message = written.get(wamid)
      const from = message?.phone === busiest ? undefined : message?.at
      const to = answeredAt.get(turn ?? '')
      return from === undefined || to === undefined ? [] : [to - from]
    })
    .toSorted((a, b) => a - b)
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
  return { p50Ms: at(0.5), p95Ms: at(0.95), maxMs: times.at(-1) ?? 0 }
}

/** Nobody, where there is nobody else. */
function busiestOf(phones: readonly string[]): string | undefined {
  const counts = [...Map.groupBy(phones, (phone) => phone)].map(([phone, all]) => ({
    phone,
    count: all.length,
  }))
  return counts.length > 1 ? counts.toSorted((a, b) => b.count - a.count)[0]?.phone : undefined
}
