import { AUDIT_HELP, auditCommand } from '@waybill/tools'
import { runTool } from './launcher.ts'
import { databaseOfStack } from './running-stack.ts'

const HELP = `${AUDIT_HELP}

The database is DATABASE_URL, or that of the npm start that is running.`

await runTool('audit', HELP, (args) => auditCommand(args, databaseOfStack))
