import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { readDrivers } from './drivers/driver-file.ts'
import { importDrivers, listDrivers } from './drivers/import-drivers.ts'
import { runLauncher, STACK_FILE } from './launcher.ts'

const HELP = `npm run drivers -- list
npm run drivers -- import FILE.json    adds the drivers of a file, and changes those that are there

The database is DATABASE_URL, or that of the npm start that is running.`

await runLauncher(async () => {
  const [command, file, ...rest] = process.argv.slice(2)
  if (command === 'list' && file === undefined) {
    for (const { id, phone, status, timeZone, name } of await listDrivers(databaseUrl())) {
      console.log([id, phone ?? '-', status, timeZone, name].join('\t'))
    }
    return 0
  }
  if (command === 'import' && file !== undefined && rest.length === 0) {
    const drivers = readDrivers(readFile(file))
    await importDrivers(databaseUrl(), drivers)
    console.log(`${drivers.length} drivers imported`)
    return 0
  }
  console.log(HELP)
  return command === '--help' || command === undefined ? 0 : 1
})

function readFile(file: string): string {
  if (!existsSync(file)) throw new Error(`There is no file ${file}.`)
  return readFileSync(file, 'utf8')
}

function databaseUrl(): string {
  if (process.env.DATABASE_URL) return process.env.DATABASE_URL
  if (!existsSync(STACK_FILE)) throw new Error('DATABASE_URL is not set, and nothing runs here: npm start.')
  return z.object({ postgres: z.string() }).parse(JSON.parse(readFileSync(STACK_FILE, 'utf8'))).postgres
}
