import { join } from 'node:path'
import { filesConfig, PRIVACY_HELP, type PrivacyServers, privacyCommand } from '@waybill/tools'
import { LOCAL_DIR, runTool } from './launcher.ts'
import { runningStack } from './running-stack.ts'

const HELP = `${PRIVACY_HELP}

Of the npm start that is running.`

await runTool('privacy', HELP, (args) => privacyCommand(args, serversOfStack))

function serversOfStack(): PrivacyServers {
  const { postgres, redis, amqp, logHashKey } = runningStack()
  const files = filesConfig(process.env, join(LOCAL_DIR, 'media'))
  return { databaseUrl: postgres, redisUrl: redis, amqpUrl: amqp, files, logHashKey }
}
