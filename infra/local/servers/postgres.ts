import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { privateDir } from './account.ts'
import type { ServerDefinition, ServerPlace } from './server-definition.ts'

const DEBIAN_BINARIES = '/usr/lib/postgresql'

export async function postgresServer(
  place: ServerPlace,
  port: number,
): Promise<ServerDefinition & { url: string }> {
  const dir = privateDir(place.dir, place.account)
  const data = join(dir, 'data')
  const binaries = join(DEBIAN_BINARIES, String(majorVersion(data)), 'bin')
  if (!existsSync(join(data, 'PG_VERSION'))) await initialise(binaries, data, place)

  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: dir,
    max_connections: 300,
    shared_buffers: '256MB',
    ...(place.isDurable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  }
  const url = `postgres://app@127.0.0.1:${port}/postgres`
  return {
    name: 'postgres',
    dir,
    program: join(binaries, 'postgres'),
    args: ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    env: {},
    stopSignal: 'SIGINT', // "fast": SIGTERM would wait for the clients
    isReady: () => answers(url),
    url,
  }
}

function majorVersion(data: string): number {
  const installed = existsSync(DEBIAN_BINARIES) ? readdirSync(DEBIAN_BINARIES).map(Number) : []
  if (installed.length === 0) throw new Error('PostgreSQL is not installed: apt-get install postgresql')
  if (!existsSync(join(data, 'PG_VERSION'))) return Math.max(...installed)
  const wanted = Number(readFileSync(join(data, 'PG_VERSION'), 'utf8'))
  if (installed.includes(wanted)) return wanted
  throw new Error(`the data are from PostgreSQL ${wanted}, which is not installed: start with --fresh`)
}

async function initialise(binaries: string, data: string, { account, isDurable }: ServerPlace) {
  const args = ['-D', data, '-U', 'app', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8']
  await promisify(execFile)(join(binaries, 'initdb'), isDurable ? args : [...args, '--no-sync'], {
    cwd: '/',
    env: { LANG: 'C.UTF-8', PATH: '/usr/bin:/bin' },
    ...account,
  })
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } finally {
    await client.end().catch(() => {})
  }
}
