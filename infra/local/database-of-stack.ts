import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { STACK_FILE } from './launcher.ts'

/** Where a command finds the database: DATABASE_URL, or that of the `npm start` that is running. */
export function databaseOfStack(): string {
  if (process.env.DATABASE_URL) return process.env.DATABASE_URL
  if (!existsSync(STACK_FILE)) throw new Error('DATABASE_URL is not set, and nothing runs here: npm start.')
  return z.object({ postgres: z.string() }).parse(JSON.parse(readFileSync(STACK_FILE, 'utf8'))).postgres
}
