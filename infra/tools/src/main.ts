import { type Logins, migrate, ROLES } from '@waybill/database'
import { AUDIT_HELP, auditCommand } from './audit-command.ts'
import { type AdminApi, DEAD_LETTERS_HELP, deadLettersCommand } from './dead-letters-command.ts'
import { DRIVERS_HELP, driversCommand } from './drivers-command.ts'
import { importBroker, usersIn } from './import-broker.ts'
import { loadFaq } from './load-faq.ts'
import { filesConfig } from './privacy/driver-files.ts'
import { PRIVACY_HELP, type PrivacyServers, privacyCommand } from './privacy/privacy-command.ts'

const HELP = `migrate                     brings the database to the newest schema; safe to run twice, and while the system runs
broker                      brings RabbitMQ all queues, and the user of every service with its rights; safe to run likewise
${DRIVERS_HELP}
faq import FOLDER           brings en.md, pt.md and es.md of a folder; answers of dispatchers stay
${AUDIT_HELP}
${DEAD_LETTERS_HELP}
${PRIVACY_HELP}

The database is DATABASE_URL; for migrate, DATABASE_URL_INTAKE and so on are what the services get, and their users are created;
for broker, RABBITMQ_MANAGEMENT_URL is an administrator's, and AMQP_URL_INGRESS and so on are what the services get; for
dead-letters, dispatch is DISPATCH_ADMIN_URL with DISPATCH_ADMIN_TOKEN; for privacy, there are REDIS_URL and AMQP_URL as well,
LOG_HASH_KEY, and MEDIA_DIR or MEDIA_S3_* as the assistants have them.`

try {
  process.exitCode = await run(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

async function run([command, ...args]: readonly string[]): Promise<number> {
  if (command === 'migrate' && args.length === 0) {
    await migrate(databaseUrl(), { logins: loginsOf(process.env) })
    console.log('the schema is the newest')
    return 0
  }
  if (command === 'broker' && args.length === 0) {
    const { vhost, users } = usersIn(process.env)
    const names = await importBroker(managementUrl(), vhost, users)
    console.log(`the broker has its queues, and the users ${names.join(', ')}`)
    return 0
  }
  if (command === 'drivers' && (await driversCommand(args, databaseUrl))) return 0
  if (command === 'faq' && args[0] === 'import' && args[1] !== undefined && args.length === 2) {
    console.log(`${await loadFaq(databaseUrl(), args[1])} questions are answered`)
    return 0
  }
  const code = await toolNamed(command)?.(args)
  if (code !== undefined && code !== 2) return code
  console.log(HELP)
  return code ?? (command === '--help' ? 0 : 1)
}

function toolNamed(name: string | undefined): ((args: readonly string[]) => Promise<number>) | undefined {
  switch (name) {
    case 'audit':
      return (args) => auditCommand(args, databaseUrl)
    case 'dead-letters':
      return (args) => deadLettersCommand(args, adminApi)
    case 'privacy':
      return (args) => privacyCommand(args, privacyServers)
    default:
      return undefined
  }
}

/** DATABASE_URL_INTAKE and so on: as whom the services log in. */
function loginsOf(env: NodeJS.ProcessEnv): Logins {
  return Object.fromEntries(
    ROLES.flatMap((role) => {
      const url = env[`DATABASE_URL_${role.replace('waybill_', '').toUpperCase()}`]
      return url ? [[role, url]] : []
    }),
  )
}

function databaseUrl(): string {
  const url = process.env.DATABASE_URL
  if (!url) throw new Error('DATABASE_URL is not set: postgres://user:password@host:5432/database')
  return url
}

function managementUrl(): string {
  const url = process.env.RABBITMQ_MANAGEMENT_URL
  if (!url) throw new Error('RABBITMQ_MANAGEMENT_URL is not set: http://user:password@host:15672')
  return url
}

function privacyServers(): PrivacyServers {
  const { REDIS_URL: redisUrl, AMQP_URL: amqpUrl, MEDIA_DIR, MEDIA_S3_ENDPOINT } = process.env
  if (!redisUrl || !amqpUrl)
    throw new Error('REDIS_URL and AMQP_URL are not set: redis://host:6379, amqp://host:5672')
  // Files that are looked for in the wrong place would not be missed.
  if (!MEDIA_DIR && !MEDIA_S3_ENDPOINT)
    throw new Error('MEDIA_DIR or MEDIA_S3_ENDPOINT is not set: where the assistants keep files of drivers')
  return {
    databaseUrl: databaseUrl(),
    redisUrl,
    amqpUrl,
    files: filesConfig(process.env, ''),
    logHashKey: process.env.LOG_HASH_KEY,
  }
}

function adminApi(): AdminApi {
  const { DISPATCH_ADMIN_URL: url, DISPATCH_ADMIN_TOKEN: token } = process.env
  if (url && token) return { url, token }
  throw new Error('DISPATCH_ADMIN_URL and DISPATCH_ADMIN_TOKEN are not set: http://dispatch:8080/admin')
}
