/** Retrying cannot help: the message goes straight to the dead letters. */
export class PermanentError extends Error {
  override name = 'PermanentError'
}

/** The other side told us when to come back (HTTP 429 or 503, `Retry-After`). */
export class RetryAfterError extends Error {
  override name = 'RetryAfterError'
  readonly delayMs: number

  constructor(message: string, delayMs: number, options?: ErrorOptions) {
    super(message, options)
    this.delayMs = delayMs
  }
}

export type PublishFailure = 'timeout' | 'returned' | 'nacked' | 'blocked' | 'disconnected' | 'overloaded'

/** The broker has not taken the message, or not in time: whoever handed it over still has it. */
export class PublishError extends Error {
  override name = 'PublishError'
  readonly reason: PublishFailure

  constructor(reason: PublishFailure) {
    super(`not published: ${reason}`)
    this.reason = reason
  }
}
