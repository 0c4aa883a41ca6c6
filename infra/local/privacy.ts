import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { filesConfig, PRIVACY_HELP, type PrivacyServers, privacyCommand } from '@waybill/tools'
import { z } from 'zod'
import { LOCAL_DIR, runLauncher, STACK_FILE } from './launcher.ts'

const HELP = `${PRIVACY_HELP.replaceAll(/^privacy /gm, 'npm run privacy -- ')}

Of the npm start that is running.`

await runLauncher(async () => {
  const code = await privacyCommand(process.argv.slice(2), runningServers)
  if (code === 2) console.log(HELP)
  return code === 2 && process.argv.length === 2 ? 0 : code
})

function runningServers(): PrivacyServers {
  if (!existsSync(STACK_FILE)) throw new Error('Nothing runs here: npm start.')
  const { postgres, redis, amqp, logHashKey } = z
    .object({ postgres: z.string(), redis: z.string(), amqp: z.string(), logHashKey: z.string() })
    .parse(JSON.parse(readFileSync(STACK_FILE, 'utf8')))
  const files = filesConfig(process.env, join(LOCAL_DIR, 'media'))
  return { databaseUrl: postgres, redisUrl: redis, amqpUrl: amqp, files, logHashKey }
}
