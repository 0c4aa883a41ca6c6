import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { applyFaults } from '../faults/apply-faults.ts'
import type { World } from '../world.ts'

const NOTICES_MAX = 10_000

export type DispatchSink = ReturnType<typeof createDispatchSink>

/** What dispatchers were told, oldest first. */
export function createDispatchSink(now: () => number) {
  let notices: { at: number; body: unknown }[] = []
  return {
    add(body: unknown) {
      notices.push({ at: now(), body })
      if (notices.length > NOTICES_MAX) notices.shift()
    },
    list: () => notices,
    reset() {
      notices = []
    },
  }
}

const noticeSchema = z.looseObject({
  driver_id: z.string().min(1),
  driver_name: z.string(),
  action: z.string().min(1),
  reason: z.string().optional(),
  message: z.string().optional(),
  priority: z.string().min(1),
})

export async function dispatchRoutes(
  app: FastifyInstance,
  { dispatch, faults, stats }: World,
): Promise<void> {
  applyFaults(app, {
    upstream: 'dispatch',
    faults,
    stats,
    operationOf: () => 'notice',
    errorBody: ({ message }) => ({ error: message }),
  })
  app.post('/webhook', async ({ body }, reply) => {
    const parsed = noticeSchema.safeParse(body)
    if (!parsed.success) return reply.code(400).send({ error: z.prettifyError(parsed.error) })
    dispatch.add(parsed.data)
    return { received: true }
  })
}
