/** What the order system refuses with: `{error: {code, message}}`. */
export class OrderError extends Error {
  override name = 'OrderError'
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}
