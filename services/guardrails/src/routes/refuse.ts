import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { z } from 'zod'
import { BODY_BYTES_MAX, type Refusal } from './contract.ts'

/** Answered with this status and sentence. */
class RefusedError extends Error {
  override name = 'RefusedError'
  readonly statusCode: number

  constructor(statusCode: number, message: string) {
    super(message)
    this.statusCode = statusCode
  }
}

const DEPTH_MAX = 64
const CODES: Readonly<Record<number, Refusal['error']['code']>> = {
  401: 'unauthorized',
  404: 'not_found',
  413: 'too_large',
}

/** Every answer that is no verdict has one form. */
export function refuseInOneForm(app: FastifyInstance, log: Logger): void {
  app.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500) log.error({ err: error, route: request.routeOptions.url }, 'a request failed')
    return reply.code(status).send(refusalOf(status, sentenceOf(error, status)))
  })
}

export function refusalOf(status: number, message: string): Refusal {
  const code = status >= 500 ? 'internal' : (CODES[status] ?? 'bad_request')
  return { error: { code, message } }
}

function sentenceOf(error: Error, status: number): string {
  if (status >= 500) return 'something went wrong'
  return status === 413 ? `the body has more than ${BODY_BYTES_MAX} bytes` : error.message
}

/** What came, checked. Every problem is named, none of the values is. */
export function checked<Schema extends z.ZodType>(schema: Schema, given: unknown): z.output<Schema> {
  if (!isShallow(given)) throw new RefusedError(400, `body: is nested deeper than ${DEPTH_MAX} levels`)
  const parsed = schema.safeParse(given, { reportInput: true })
  if (parsed.success) return parsed.data
  throw new RefusedError(400, parsed.error.issues.flatMap(problemsOf).join('; '))
}

/** Who looks at each of its levels calls himself, and there is an end to that. */
function isShallow(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return true
  return depth < DEPTH_MAX && Object.values(value).every((it) => isShallow(it, depth + 1))
}

function problemsOf(issue: z.core.$ZodIssue): string[] {
  const at = (...path: PropertyKey[]) => z.core.toDotPath(path) || 'body'
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `${at(...issue.path, key)}: there is no such field`)
  const isMissing = issue.input === undefined
  return [`${at(...issue.path)}: ${isMissing ? 'is required' : issue.message}`]
}
