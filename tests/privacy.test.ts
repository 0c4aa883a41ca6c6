import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals'
import { privacyCommand } from '@waybill/tools'
import { freshStack, type TestStack } from './fresh-stack.ts'
import { sandboxAt } from './sandbox.ts'

jest.setTimeout(120_000)

const MARIA = '5511987650102'
const JOHAN = '12125550101'

let system: TestStack
let sandbox: ReturnType<typeof sandboxAt>
beforeAll(async () => {
  system = await freshStack(() => ({ scale: { ingress: 1, intake: 1, assistant: 2, sender: 1 } }))
  sandbox = sandboxAt(system.stack.description.urls.sandbox)
}, 60_000)
// A service may take 25 s to stop.
afterAll(async () => system[Symbol.asyncDispose](), 60_000)

async function privacy(...args: string[]): Promise<string> {
  const { postgres, redis, amqp, logHashKey } = system.stack.description
  const files = { dir: join(system.logsDir, '../media') }
  const said: string[] = []
  const servers = () => ({ databaseUrl: postgres, redisUrl: redis, amqpUrl: amqp, files, logHashKey })
  expect(await privacyCommand(args, servers, (line) => said.push(line))).toBe(0)
  return said.join('\n')
}

it('S18: a driver who is erased from a running system is an unknown sender there, and nobody else is touched', async () => {
  const [maria, johan] = [sandbox.phone(MARIA), sandbox.phone(JOHAN)]
  expect((await maria.ask('meus pedidos')).text).toContain('Maria')
  expect((await johan.ask('orders')).text).toContain('Johan')
  const exported = await privacy('export', '--driver', 'driver-maria')
  expect(exported).toContain('meus pedidos')
  expect(exported).not.toContain(JOHAN)

  expect(await privacy('erase', '--driver', 'driver-maria', '--yes')).toContain(
    'Driver driver-maria is erased.',
  )
  const { rows } = await system.pool.query('SELECT id FROM conversations')
  expect(rows).toEqual([{ id: expect.stringContaining(JOHAN) }])
  expect((await maria.ask('meus pedidos')).text).toContain('motoristas')
  expect((await johan.ask('1')).text).toContain('12345')
})
