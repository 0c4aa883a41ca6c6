import { AUDIT_HELP, auditCommand } from '@waybill/tools'
import { databaseOfStack } from './database-of-stack.ts'
import { runLauncher } from './launcher.ts'

const HELP = `${AUDIT_HELP.replaceAll(/^audit /gm, 'npm run audit -- ')}

The database is DATABASE_URL, or that of the npm start that is running.`

await runLauncher(async () => {
  const code = await auditCommand(process.argv.slice(2), databaseOfStack)
  if (code === 2) console.log(HELP)
  return code === 2 && process.argv.length === 2 ? 0 : code
})
