import { migrate } from '@waybill/database'
import { type AdminApi, DEAD_LETTERS_HELP, deadLettersCommand } from './dead-letters-command.ts'
import { DRIVERS_HELP, driversCommand } from './drivers-command.ts'
import { loadFaq } from './load-faq.ts'

const HELP = `migrate                     brings the database to the newest schema; safe to run twice, and while the system runs
${DRIVERS_HELP}
faq import FOLDER           brings en.md, pt.md and es.md of a folder; answers of dispatchers stay
${DEAD_LETTERS_HELP}

The database is DATABASE_URL; for dead-letters, dispatch is DISPATCH_ADMIN_URL with DISPATCH_ADMIN_TOKEN.`

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
  if (command === 'dead-letters') {
    const code = await deadLettersCommand(args, adminApi)
    if (code === 2) console.log(HELP)
    return code
  }
  console.log(HELP)
  return command === '--help' ? 0 : 1
}

function databaseUrl(): string {
  const url = process.env.DATABASE_URL
  if (!url) throw new Error('DATABASE_URL is not set: postgres://user:password@host:5432/database')
  return url
}

function adminApi(): AdminApi {
  const { DISPATCH_ADMIN_URL: url, DISPATCH_ADMIN_TOKEN: token } = process.env
  if (url && token) return { url, token }
  throw new Error('DISPATCH_ADMIN_URL and DISPATCH_ADMIN_TOKEN are not set: http://dispatch:8080/admin')
}
