/** PostgreSQL is well, and will never take this. Anything else may be better in a moment. */
export function isRefusedData(error: unknown): error is Error {
  // Class 22: data exceptions. 23: integrity. 54: too large or too deep for PostgreSQL.
  return error instanceof Error && 'code' in error && /^(22|23|54)/.test(String(error.code))
}
