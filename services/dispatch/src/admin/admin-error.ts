import type { z } from 'zod'

/** Answered with this status and sentence. */
export class AdminError extends Error {
  override name = 'AdminError'
  readonly statusCode: number

  constructor(statusCode: number, message: string) {
    super(message)
    this.statusCode = statusCode
  }
}

/** What came, checked. Every problem is named, none of the values is. */
export function checked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value ?? {})
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`)
  throw new AdminError(400, problems.join('; '))
}
