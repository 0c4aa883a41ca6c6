import { setTimeout as delay } from 'node:timers/promises'
import { QUEUES } from '@waybill/contracts'
import { eraseDriverData, holdWork, readSubject, type Subject } from '@waybill/database'
import { countWaiting } from '@waybill/messaging'
import type { DriverFiles } from './driver-files.ts'
import type { DriverMemory } from './driver-memory.ts'
import { inTransaction } from './in-transaction.ts'

type Deps = {
  databaseUrl: string
  amqpUrl: string
  memory: DriverMemory
  files: DriverFiles
  by: string
  /** How long to wait for work of the driver that is under way, and for what is in the queues. */
  waitMs: number
}
export type Erased = {
  rows: Record<string, number>
  memory: number
  files: number
  /** Files that somebody else has sent as well, byte by byte. */
  filesOfOthers: number
  /** Conversations on a number that another driver has had, too: they stay, without what this one wrote. */
  sharedConversations: number
}

const LOOK_AGAIN_MS = 500

/**
 * Erases a driver everywhere, or throws and has erased nothing in PostgreSQL: then it can be run again. The rows go last,
 * for they say what else there is.
 */
export async function eraseDriver(driverId: string, deps: Deps): Promise<Erased> {
  const until = Date.now() + deps.waitMs
  await untilRead(deps.amqpUrl, until)
  for (;;) {
    const done = await inTransaction(deps.databaseUrl, (client) => attempt(client, driverId, deps))
    if (typeof done === 'object') {
      // A turn that was committed just before may have written its session after the first look.
      return { ...done.erased, memory: done.erased.memory + (await deps.memory.forget(done.subject)) }
    }
    if (Date.now() > until) throw new Error(`Nothing was erased: ${done}. Try again in a while.`)
    await delay(LOOK_AGAIN_MS)
  }
}

export function noSuchDriver(driverId: string): Error {
  return new Error(`There is no driver ${driverId} (any more).`)
}

/** Why not now, or what was erased. */
async function attempt(
  client: Parameters<typeof eraseDriverData>[0],
  driverId: string,
  { memory, files, by }: Deps,
): Promise<string | { subject: Subject; erased: Erased }> {
  const found = await readSubject(client, driverId)
  if (!found) throw noSuchDriver(driverId)
  const underWay = await holdWork(client, found)
  if (underWay !== undefined) return underWay
  // Now that nobody writes.
  const subject = (await readSubject(client, driverId)) ?? found
  const rows = await eraseDriverData(client, subject, by)
  const own = subject.files.filter(({ isOthersToo }) => !isOthersToo)
  let removed = 0
  for (const { key } of own) if (await files.remove(key)) removed += 1
  return {
    subject,
    erased: {
      ...{ rows, files: removed, memory: await memory.forget(subject) },
      filesOfOthers: subject.files.length - own.length,
      sharedConversations: subject.shared.length,
    },
  }
}

/**
 * Waits until every queue has been seen with nothing in it: what was there when this began has been read, and is a row by
 * now or in somebody's hands. A message in the midst of a queue can't be taken out.
 */
async function untilRead(amqpUrl: string, until: number): Promise<void> {
  let open = new Set((await countWaiting(amqpUrl, QUEUES)).map(({ queue }) => queue))
  while (open.size > 0) {
    if (Date.now() > until)
      throw new Error(
        `Nothing was erased: messages wait in ${[...open].join(', ')}, and may be the driver's. Try again when they have been read.`,
      )
    await delay(LOOK_AGAIN_MS)
    const waiting = new Set((await countWaiting(amqpUrl, QUEUES)).map(({ queue }) => queue))
    open = new Set([...open].filter((queue) => waiting.has(queue)))
  }
}
