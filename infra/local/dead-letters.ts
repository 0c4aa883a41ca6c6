import { existsSync, readFileSync } from 'node:fs'
import { type AdminApi, DEAD_LETTERS_HELP, deadLettersCommand } from '@waybill/tools'
import { z } from 'zod'
import { runLauncher, STACK_FILE } from './launcher.ts'

const HELP = `${DEAD_LETTERS_HELP.replaceAll(/^dead-letters /gm, 'npm run dead-letters -- ')}

Dispatch is that of the npm start that is running, or DISPATCH_ADMIN_URL with DISPATCH_ADMIN_TOKEN.`

await runLauncher(async () => {
  const code = await deadLettersCommand(process.argv.slice(2), adminApi)
  if (code === 2) console.log(HELP)
  return code === 2 && process.argv.length === 2 ? 0 : code
})

function adminApi(): AdminApi {
  const { DISPATCH_ADMIN_URL: url, DISPATCH_ADMIN_TOKEN: token } = process.env
  if (url && token) return { url, token }
  if (!existsSync(STACK_FILE))
    throw new Error(
      'DISPATCH_ADMIN_URL and DISPATCH_ADMIN_TOKEN are not set, and nothing runs here: npm start.',
    )
  const { dispatch } = z
    .object({ dispatch: z.object({ adminUrl: z.string(), adminToken: z.string() }) })
    .parse(JSON.parse(readFileSync(STACK_FILE, 'utf8')))
  return { url: dispatch.adminUrl, token: dispatch.adminToken }
}
