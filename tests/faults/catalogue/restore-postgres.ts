import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { serverAccount } from '@waybill/local'
import { eventually } from '@waybill/test-kit'
import type { FaultStack } from '../fault-stack.ts'
import type { Fault } from './fault.ts'

// The name under which the archive counts as a synchronous standby.
const ARCHIVE = 'archive'

/**
 * A base backup and a synchronous archive of the write-ahead log (`pg_receivewal`): what PostgreSQL has confirmed is in
 * the archive. Then the machine is lost, and another one is made from both.
 */
export const RESTORE_POSTGRES: Fault = {
  name: 'restore-postgres',
  what: 'PostgreSQL loses its disk and is restored from its backup and archive',
  isAlone: true,
  async inject(system, { step, holdMs }) {
    const { pool, servers } = system
    const data = await oneValue(system, 'SHOW data_directory')
    const binaries = join(
      '/usr/lib/postgresql',
      String((await oneValue(system, 'SHOW server_version')).split('.')[0]),
      'bin',
    )
    const wal = ownDir(join(dirname(data), 'archive'))
    const base = join(dirname(data), 'base')
    const account = serverAccount()
    const run = (program: string, ...args: string[]) =>
      promisify(execFile)(join(binaries, program), args, { cwd: dirname(data), ...account })

    step('pg_basebackup, while drivers write')
    const slot = ['-d', `${servers.postgresUrl}?application_name=${ARCHIVE}`, '-D', wal, '--slot', ARCHIVE]
    await run('pg_receivewal', ...slot, '--create-slot', '--if-not-exists')
    const archiving = spawn(join(binaries, 'pg_receivewal'), [...slot, '--synchronous', '--no-loop'], {
      cwd: dirname(data),
      stdio: 'ignore',
      ...account,
    })
    await run(
      'pg_basebackup',
      '-d',
      servers.postgresUrl,
      '-D',
      base,
      '--checkpoint=fast',
      '--wal-method=none',
    )
    await pool.query(`ALTER SYSTEM SET synchronous_standby_names = '${ARCHIVE}'`)
    await pool.query('SELECT pg_reload_conf()')
    await eventually(
      async () =>
        (await oneValue(
          system,
          `SELECT sync_state FROM pg_stat_replication WHERE application_name = '${ARCHIVE}'`,
        )) === 'sync',
      { what: 'the archive to be synchronous' },
    )
    await delay(holdMs)

    step('kill -9 postgres, and its disk is gone')
    const ended = once(archiving, 'exit')
    await servers.kill('postgres', 'SIGQUIT')
    archiving.kill('SIGINT')
    await ended
    renameSync(data, `${data}.lost`)
    renameSync(base, data)
    step('restore')
    for (const file of readdirSync(wal).filter((it) => it.endsWith('.partial')))
      renameSync(join(wal, file), join(wal, file.replace(/\.partial$/, '')))
    writeFileSync(join(data, 'recovery.signal'), '')
    writeFileSync(join(data, 'postgresql.auto.conf'), `restore_command = 'cp ${wal}/%f %p'\n`)
    await servers.restart('postgres')
    await eventually(async () => (await oneValue(system, 'SELECT pg_is_in_recovery()::text')) === 'false', {
      what: 'the recovery to end',
      timeoutMs: 60_000,
    })
    rmSync(`${data}.lost`, { recursive: true, force: true })
    rmSync(wal, { recursive: true, force: true })
  },
}

async function oneValue({ pool }: FaultStack, sql: string): Promise<string> {
  const { rows } = await pool.query<Record<string, string>>(sql)
  return Object.values(rows[0] ?? {})[0] ?? ''
}

function ownDir(dir: string): string {
  if (existsSync(dir)) rmSync(dir, { recursive: true })
  mkdirSync(dir)
  chmodSync(dir, 0o700)
  const account = serverAccount()
  if (account) chownSync(dir, account.uid, account.gid)
  return dir
}
