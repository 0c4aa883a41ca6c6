import { z } from 'zod'

/** A request to the control API that cannot be done. The message says what to send instead. */
export class ControlError extends Error {
  override name = 'ControlError'
  readonly statusCode = 400
}

export function parse<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value ?? {})
  if (!parsed.success) throw new ControlError(z.prettifyError(parsed.error))
  return parsed.data
}
