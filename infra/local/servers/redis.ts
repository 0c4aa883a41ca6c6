import { once } from 'node:events'
import { chownSync, existsSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { privateDir } from './account.ts'
import type { ServerDefinition, ServerPlace } from './server-definition.ts'

export function redisServer(place: ServerPlace, port: number): ServerDefinition & { url: string } {
  const dir = privateDir(place.dir, place.account)
  const users = join(dir, 'users.acl')
  if (!existsSync(users)) writeFileSync(users, '', { mode: 0o600 })
  if (place.account) chownSync(users, place.account.uid, place.account.gid)
  const settings = {
    '--bind': '127.0.0.1',
    '--port': String(port),
    '--dir': dir,
    '--aclfile': users,
    '--save': '',
    '--appendonly': place.isDurable ? 'yes' : 'no',
    '--databases': '64',
  }
  return {
    name: 'redis',
    dir,
    program: 'redis-server',
    args: Object.entries(settings).flat(),
    env: {},
    stopSignal: 'SIGTERM',
    isReady: () => answersPing(port),
    url: `redis://127.0.0.1:${port}`,
  }
}

async function answersPing(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    socket.write('PING\r\n')
    const [answer] = await once(socket, 'data', { signal: AbortSignal.timeout(1_000) })
    return String(answer).startsWith('+PONG')
  } finally {
    socket.destroy()
  }
}
