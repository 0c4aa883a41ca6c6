import { answerQuestion, type Pool, unansweredQuestions } from '@waybill/database'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { AdminError, checked } from './admin-error.ts'
import { type May, operatorOf } from './operators.ts'

const LISTED_MAX = 200
const where = z.object({ id: z.string().regex(/^[0-9a-f]{32}$/) })
// As long as in a FAQ file: it has to fit into one message with buttons.
const answerBody = z.strictObject({
  answer: z.string().trim().min(1).max(900),
  title: z.string().trim().min(1).max(100).optional(),
})

/** What drivers asked in vain, and its answer: from then on an entry of the FAQ, in that language. */
export function questionRoutes(app: FastifyInstance, may: May, { pool }: { pool: Pool }): void {
  app.get('/questions', { onRequest: may('viewer') }, async () => ({
    questions: await unansweredQuestions(pool, LISTED_MAX),
  }))

  app.post('/questions/:id/answer', { onRequest: may('operator') }, async (request, reply) => {
    const { id } = checked(where, request.params)
    const { answer, title } = checked(answerBody, request.body)
    const entryId = await answerQuestion(pool, id, { answer, title, by: operatorOf(request) })
    if (entryId === undefined) throw new AdminError(404, 'no such question is open')
    return reply.code(201).send({ entryId })
  })
}
