import { migrate } from '@waybill/database'
import { DRIVERS_HELP, driversCommand } from './drivers-command.ts'
import { loadFaq } from './load-faq.ts'

const HELP = `migrate                     brings the database to the newest schema; safe to run twice, and while the system runs
${DRIVERS_HELP}
faq import FOLDER           brings en.md, pt.md and es.md of a folder; answers of dispatchers stay

The database is DATABASE_URL.`

try {
  process.exitCode = await run(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

async function run([command, ...args]: readonly string[]): Promise<number> {
  if (command === 'migrate' && args.length === 0) {
    await migrate(databaseUrl())
    console.log('the schema is the newest')
    return 0
  }
  if (command === 'drivers' && (await driversCommand(args, databaseUrl))) return 0
  if (command === 'faq' && args[0] === 'import' && args[1] !== undefined && args.length === 2) {
    console.log(`${await loadFaq(databaseUrl(), args[1])} questions are answered`)
    return 0
  }
  console.log(HELP)
  return command === '--help' ? 0 : 1
}

function databaseUrl(): string {
  const url = process.env.DATABASE_URL
  if (!url) throw new Error('DATABASE_URL is not set: postgres://user:password@host:5432/database')
  return url
}
