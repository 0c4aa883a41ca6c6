import { existsSync, readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { readDrivers } from './driver-file.ts'
import { importDrivers, listDrivers } from './import-drivers.ts'

export const DRIVERS_HELP = `drivers list                id, phone, status, time zone, name; the name of your account goes on record
drivers import FILE.json    adds the drivers of a file, and changes those that are there`

/** `list` or `import FILE`. Throws with a sentence that says what is wrong; `false` for what is not a command. */
export async function driversCommand(
  [command, file, ...rest]: readonly string[],
  databaseUrl: () => string,
): Promise<boolean> {
  if (command === 'list' && file === undefined) {
    for (const { id, phone, status, timeZone, name } of await listDrivers(
      databaseUrl(),
      userInfo().username,
    )) {
      console.log([id, phone ?? '-', status, timeZone, name].join('\t'))
    }
    return true
  }
  if (command === 'import' && file !== undefined && rest.length === 0) {
    if (!existsSync(file)) throw new Error(`There is no file ${file}.`)
    const drivers = readDrivers(readFileSync(file, 'utf8'))
    await importDrivers(databaseUrl(), drivers)
    console.log(`${drivers.length} drivers imported`)
    return true
  }
  return false
}
