import {
  auditRevealed,
  type DeadLetterFilter,
  listDeadLetters,
  type Pool,
  readDeadLetters,
  settleDeadLetter,
  type WholeDeadLetter,
} from '@waybill/database'
import type { Messaging } from '@waybill/messaging'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { z } from 'zod'
import { maskText, readablePayload } from '../dead-letters/mask-payload.ts'
import { replayDeadLetter } from '../dead-letters/replay-dead-letter.ts'
import { subjectOf } from '../dead-letters/subject-of.ts'
import { AdminError, checked } from './admin-error.ts'
import { type May, operatorOf, requireRole } from './operators.ts'

export type DeadLetterDeps = {
  pool: Pool
  messaging: Pick<Messaging, 'publish' | 'republish'>
  log: Logger
  /** What the logs call a conversation or a message. */
  nameOf: (id: string) => string
}

const LISTED_MAX = 200
/** At most so many in one request: who wants more asks again, as fast as is good for the system. */
const SETTLED_MAX = 100

const id = z.string().regex(/^\d{1,18}$/)
const filter = {
  queue: z.string().min(1).max(200).optional(),
  error: z.string().min(1).max(200).optional(),
  since: z.coerce.date().optional(),
  until: z.coerce.date().optional(),
}
const listQuery = z.strictObject({
  ...filter,
  state: z.enum(['open', 'replayed', 'dropped', 'all']).default('open'),
  limit: z.coerce.number().int().min(1).max(LISTED_MAX).default(50),
})
const where = z.object({ id })
const showQuery = z.strictObject({ reveal: z.stringbool().default(false) })
const settleBody = z
  .strictObject({
    ...filter,
    ids: z.array(id).min(1).max(SETTLED_MAX).optional(),
    all: z.literal(true).optional(),
    limit: z.number().int().min(1).max(SETTLED_MAX).default(SETTLED_MAX),
  })
  .refine(
    ({ limit: _limit, ...which }) => Object.values(which).some((it) => it !== undefined),
    'which ones? ids, queue, error, since, until, or all: true',
  )

/** What was set aside: see it, put it back, or drop it. Everything but looking at the outside is on record. */
export function deadLetterRoutes(
  app: FastifyInstance,
  may: May,
  { pool, messaging, log, nameOf }: DeadLetterDeps,
): void {
  app.get('/dead-letters', { onRequest: may('viewer') }, async ({ query }) => {
    const { state, limit, ...which } = checked(listQuery, query)
    const { letters, matching } = await listDeadLetters(
      pool,
      { ...which, ...(state === 'all' ? {} : { state }) },
      limit,
    )
    return { letters: letters.map((letter) => ({ ...letter, error: maskText(letter.error) })), matching }
  })

  app.get('/dead-letters/:id', { onRequest: may('viewer') }, async (request) => {
    const { reveal } = checked(showQuery, request.query)
    if (reveal) requireRole(request, 'admin')
    const by = reveal ? operatorOf(request) : undefined
    const [letter] = await readDeadLetters(pool, { ids: [checked(where, request.params).id] }, 1)
    if (!letter) throw new AdminError(404, 'there is no such dead letter')
    if (by !== undefined) await auditRevealed(pool, letter, { by, subject: subjectOf(letter.body) })
    const { body, headers: _headers, messageId: _messageId, error, ...rest } = letter
    return {
      ...rest,
      error: reveal ? error : maskText(error),
      payload: body.length === 0 ? null : readablePayload(body, { isRevealed: reveal, nameOf }),
    }
  })

  for (const [action, settle] of [
    ['replay', (letter: WholeDeadLetter, by: string) => replayDeadLetter({ pool, messaging }, letter, by)],
    [
      'drop',
      (letter: WholeDeadLetter, by: string) => settleDeadLetter(pool, letter, { state: 'dropped', by }),
    ],
  ] as const) {
    app.post(`/dead-letters/${action}`, { onRequest: may('admin') }, async (request) => {
      const by = operatorOf(request)
      const { all: _all, limit, ...which } = checked(settleBody, request.body)
      return settleEach({ ...which, state: 'open' }, { limit, settle: (letter) => settle(letter, by) })
    })
  }

  /** One after the other: one that can't be settled is named, and the next one is tried. */
  async function settleEach(
    which: DeadLetterFilter,
    { limit, settle }: { limit: number; settle: (letter: WholeDeadLetter) => Promise<boolean> },
  ) {
    const letters = await readDeadLetters(pool, which, limit)
    const settled: string[] = []
    const failed: { id: string; error: string }[] = []
    for (const letter of letters) {
      try {
        if (await settle(letter)) settled.push(letter.id)
      } catch (error) {
        log.warn({ err: error, deadLetter: letter.id }, 'a dead letter could not be settled')
        failed.push({
          id: letter.id,
          error: maskText(error instanceof Error ? error.message : String(error)),
        })
      }
    }
    const { matching } = await listDeadLetters(pool, which, 1)
    return { settled, failed, left: matching }
  }
}
