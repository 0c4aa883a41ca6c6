import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@waybill/test-kit'
import { Redis } from 'ioredis'

const START = fileURLToPath(new URL('../../../infra/redis/start.sh', import.meta.url))
const PASSWORD = 'of-these-tests-only'

let server: ReturnType<typeof spawn>
let port: number
let redis: Redis

beforeAll(async () => {
  port = await freePort()
  server = spawn('sh', [START, '--port', String(port), '--bind', '127.0.0.1'], {
    env: { PATH: process.env.PATH, REDIS_PASSWORD: PASSWORD },
    stdio: 'ignore',
  })
  redis = clientOf('assistant', PASSWORD)
  await eventually(async () => (await redis.ping()) === 'PONG', { what: 'Redis' })
})
afterAll(async () => {
  redis.disconnect()
  const ended = once(server, 'exit')
  server.kill()
  await ended
})

function clientOf(username?: string, password?: string): Redis {
  const client = new Redis({ port, host: '127.0.0.1', username, password, maxRetriesPerRequest: 0 })
  client.on('error', () => {})
  return client
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  await once(probe.close(), 'close')
  return typeof address === 'object' && address ? address.port : 0
}

describe('the Redis of the assistants', () => {
  it.each([
    ['nobody', undefined, undefined],
    ['the default user', 'default', PASSWORD],
    ['a wrong password', 'assistant', 'wrong'],
  ])('S24: does not let in %s', async (_who, username, password) => {
    const stranger = clientOf(username, password)
    await expect(stranger.get('session:1')).rejects.toThrow(/NOAUTH|WRONGPASS/)
    stranger.disconnect()
  })

  it.each([
    ...[
      'FLUSHALL',
      'FLUSHDB',
      'KEYS *',
      'SCAN 0',
      'RANDOMKEY',
      'CONFIG GET *',
      'CONFIG SET dir /tmp',
      'ACL LIST',
    ],
    ...[
      'ACL SETUSER me on nopass',

      'SHUTDOWN',
      'SAVE',
      'REPLICAOF a 1',
      'MONITOR',
      'MODULE LIST',
    ],
    ...[
      'SCRIPT FLUSH',
      'FUNCTION LIST',
      'CLIENT LIST',
      'CLIENT KILL TYPE normal',
      'SUBSCRIBE all',
      'PUBLISH all x',
    ],
    ...[
      'DUMP session:1',
      'RENAME session:1 session:2',
      'SWAPDB 0 1',
      'SORT session:1',
      'EXEC',
      'SLOWLOG GET',
    ],
    ...['GET other', 'SET other 1', 'DEL other', 'GET sessions', 'ZADD other 1 a'],
    ...['EVAL redis.call("SET","other","1") 0', 'EVAL return(redis.call("KEYS","*")) 0'],
  ])('S24: refuses %s', async (command) => {
    const [name = '', ...args] = command.split(' ')
    await expect(redis.call(name, ...args)).rejects.toThrow(/NOPERM|can't (access|run)/)
  })

  it('S24: is enough for a session', async () => {
    await redis.set('session:1', 'kept', 'EX', 10)
    expect(await redis.get('session:1')).toBe('kept')
  })
})
