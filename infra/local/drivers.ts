import { driversCommand } from '@waybill/tools'
import { runLauncher } from './launcher.ts'
import { databaseOfStack } from './running-stack.ts'

const HELP = `npm run drivers -- list
npm run drivers -- import FILE.json    adds the drivers of a file, and changes those that are there

The database is DATABASE_URL, or that of the npm start that is running.`

await runLauncher(async () => {
  const args = process.argv.slice(2)
  if (await driversCommand(args, databaseOfStack)) return 0
  console.log(HELP)
  return args[0] === '--help' || args[0] === undefined ? 0 : 1
})
