import { existsSync, readFileSync } from 'node:fs'
import { driversCommand } from '@waybill/tools'
import { z } from 'zod'
import { runLauncher, STACK_FILE } from './launcher.ts'

const HELP = `npm run drivers -- list
npm run drivers -- import FILE.json    adds the drivers of a file, and changes those that are there

The database is DATABASE_URL, or that of the npm start that is running.`

await runLauncher(async () => {
  const args = process.argv.slice(2)
  if (await driversCommand(args, databaseUrl)) return 0
  console.log(HELP)
  return args[0] === '--help' || args[0] === undefined ? 0 : 1
})

function databaseUrl(): string {
  if (process.env.DATABASE_URL) return process.env.DATABASE_URL
  if (!existsSync(STACK_FILE)) throw new Error('DATABASE_URL is not set, and nothing runs here: npm start.')
  return z.object({ postgres: z.string() }).parse(JSON.parse(readFileSync(STACK_FILE, 'utf8'))).postgres
}
