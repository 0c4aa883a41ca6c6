import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { STACK_FILE } from './launcher.ts'

const stackSchema = z.object({
  postgres: z.string(),
  redis: z.string(),
  amqp: z.string(),
  logHashKey: z.string(),
  dispatch: z.object({ adminUrl: z.string(), adminToken: z.string() }),
})

/** What the `npm start` that is running has written down. Throws when nothing runs here; `unset`: what would do instead. */
export function runningStack(unset = ''): z.output<typeof stackSchema> {
  if (!existsSync(STACK_FILE))
    throw new Error(unset ? `${unset}, and nothing runs here: npm start.` : 'Nothing runs here: npm start.')
  return stackSchema.parse(JSON.parse(readFileSync(STACK_FILE, 'utf8')))
}

/** Where a command finds the database: DATABASE_URL, or that of the `npm start` that is running. */
export function databaseOfStack(): string {
  return process.env.DATABASE_URL || runningStack('DATABASE_URL is not set').postgres
}
