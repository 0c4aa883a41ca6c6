import { writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { parseArgs, types } from 'node:util'
import { PERSONAL_DATA } from '@waybill/database'
import { type FilesConfig, openFiles } from './driver-files.ts'
import { openMemory } from './driver-memory.ts'
import { type Erased, eraseDriver } from './erase-driver.ts'
import { ELSEWHERE, exportDriver } from './export-driver.ts'
import { logNames } from './log-names.ts'

export const PRIVACY_HELP = `privacy export --driver ID      everything that Waybill has of a driver, as JSON; it is on record who asked
  --out FILE                 there, and not to the screen
  --files FOLDER             copies of the photos and documents, too
privacy log-names              what the logs call each conversation, and whose it is
privacy erase --driver ID --yes    erases it everywhere, and says what remains and why; may be run again
  --as NAME                  who does it, for the record; the name of your account without`

export type PrivacyServers = {
  databaseUrl: string
  redisUrl: string
  amqpUrl: string
  files: FilesConfig
  /** That of the services. */
  logHashKey: string | undefined
}

const WAIT_MS_MAX = 30_000
const FILE_MODE = 0o600

type Say = (line: string) => void

/** The exit code; 2 for what is not a command. Throws with a sentence that says what is wrong. */
export async function privacyCommand(
  args: readonly string[],
  servers: () => PrivacyServers,
  say: Say = console.log,
): Promise<number> {
  const { positionals, values } = parse(args)
  const [command, ...rest] = positionals
  const { driver, as: by = userInfo().username } = values
  if (command === 'log-names' && rest.length === 0) {
    for (const line of await logNames(servers())) say(line)
    return 0
  }
  if (rest.length > 0 || driver === undefined || (command !== 'export' && command !== 'erase')) return 2
  if (command === 'erase' && !values.yes) {
    say(`This erases driver ${driver} for good. With --yes it is done.`)
    return 1
  }
  const { databaseUrl, redisUrl, amqpUrl, files: config } = servers()
  await using memory = await openMemory(redisUrl)
  const deps = { databaseUrl, memory, files: openFiles(config), by }
  if (command === 'export') {
    const json = `${JSON.stringify(await exportDriver(driver, values.files, deps), undefined, 2)}\n`
    if (values.out === undefined) say(json)
    else writeFileSync(values.out, json, { mode: FILE_MODE })
    return 0
  }
  for (const line of told(driver, await eraseDriver(driver, { ...deps, amqpUrl, waitMs: WAIT_MS_MAX })))
    say(line)
  return 0
}

function told(driver: string, { rows, memory, files, filesOfOthers, sharedConversations }: Erased): string[] {
  const remaining = (table: string) => remainsOf(table) !== undefined
  const counted = Object.entries(rows).filter(([table, count]) => count > 0 && !remaining(table))
  const kept = Object.entries(rows).filter(([table, count]) => count > 0 && remaining(table))
  const remains = [
    ...kept.map(([table, count]) => `${count} rows of ${table}: ${remainsOf(table)}`),
    ...(filesOfOthers > 0
      ? [`${filesOfOthers} files that another driver has sent as well, byte by byte`]
      : []),
    ...(sharedConversations > 0
      ? [
          `${sharedConversations} conversations of a number that another driver has had, without what this one wrote`,
        ]
      : []),
    'lines of logs, and traces: names that were made with LOG_HASH_KEY, until they expire',
    ...ELSEWHERE,
  ]
  return [
    `Driver ${driver} is erased.`,
    ...counted.map(([table, count]) => `  ${count} ${table}`),
    `  ${memory} keys of Redis`,
    `  ${files} files`,
    'Every queue was seen empty meanwhile. What comes from now on is from an unknown sender.',
    'What remains:',
    ...remains.map((it) => `  ${it}`),
  ]
}

function remainsOf(table: string): string | undefined {
  const declared = PERSONAL_DATA[table]
  return declared && 'remains' in declared ? declared.remains : undefined
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { driver: text, out: text, files: text, as: text, yes: { type: 'boolean' } },
    })
  } catch (cause) {
    throw new Error(types.isNativeError(cause) ? cause.message : String(cause), { cause })
  }
}
