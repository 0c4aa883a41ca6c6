import { type AdminApi, DEAD_LETTERS_HELP, deadLettersCommand } from '@waybill/tools'
import { runTool } from './launcher.ts'
import { runningStack } from './running-stack.ts'

const HELP = `${DEAD_LETTERS_HELP}

Dispatch is that of the npm start that is running, or DISPATCH_ADMIN_URL with DISPATCH_ADMIN_TOKEN.`

await runTool('dead-letters', HELP, (args) => deadLettersCommand(args, adminApi))

function adminApi(): AdminApi {
  const { DISPATCH_ADMIN_URL: url, DISPATCH_ADMIN_TOKEN: token } = process.env
  if (url && token) return { url, token }
  const { dispatch } = runningStack('DISPATCH_ADMIN_URL and DISPATCH_ADMIN_TOKEN are not set')
  return { url: dispatch.adminUrl, token: dispatch.adminToken }
}
