import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Stack, type StackOptions, startStack } from '@waybill/local'
import { freshDatabase, freshRedis, freshVhost } from '@waybill/test-kit'
import pg from 'pg'
import { sandboxAt } from './sandbox.ts'

type Options = Pick<StackOptions, 'scale' | 'env'> & {
  /** Posts messages that WhatsApp has never seen, which open no window there. */
  forgesMessages?: true
}

/** The whole system as processes, on a database, a vhost and a Redis of its own. */
export type TestStack = AsyncDisposable & {
  stack: Stack
  /** What the services write. */
  logsDir: string
  /** The database of the stack, to look at. */
  pool: pg.Pool
  servers: { postgresUrl: string; redisUrl: string; amqpUrl: string; rabbitmqManagementUrl: string }
}

/** `prepare` gets the addresses of the servers first, to put a proxy in front of one. */
export async function freshStack(
  prepare: (servers: TestStack['servers']) => Options | Promise<Options> = () => ({}),
): Promise<TestStack> {
  await using opened = new AsyncDisposableStack()
  const [database, vhost, redis] = await Promise.all([freshDatabase(), freshVhost(), freshRedis()])
  for (const each of [database, vhost, redis]) opened.use(each)
  const servers = {
    postgresUrl: database.url,
    amqpUrl: vhost.url,
    redisUrl: redis.url,
    rabbitmqManagementUrl: process.env.TEST_RABBITMQ_MANAGEMENT_URL ?? '',
  }
  const dir = opened.adopt(await mkdtemp(join(tmpdir(), 'waybill-e2e-')), (it) =>
    rm(it, { recursive: true, force: true }),
  )
  const { env = {}, forgesMessages = false, ...options } = await prepare(servers)
  // Tests write faster than a person could.
  const assistant = { RATE_DRIVER_MESSAGES: '1000000', ...env.assistant }
  const stack = opened.use(
    await startStack({ servers, dir, log: () => {}, ...options, env: { ...env, assistant } }),
  )
  const pool = opened.adopt(new pg.Pool({ connectionString: database.url, max: 3 }), (it) => it.end())
  // Whether it happens to be nine somewhere: tests that want a check-in ask for it.
  await pool.query('UPDATE drivers SET check_in_at = NULL')
  const whole = opened.move()
  const sandbox = sandboxAt(stack.description.urls.sandbox)
  return {
    ...{ stack, pool, servers, logsDir: join(dir, 'logs') },
    async [Symbol.asyncDispose]() {
      await using _everything = { [Symbol.asyncDispose]: () => whole.disposeAsync() }
      const outsideWindow = forgesMessages ? 0 : await sandbox.refusals(131047)
      // Whatever a suite is about: the sender knows the 24-hour window before WhatsApp has to say so.
      if (outsideWindow > 0) throw new Error(`${outsideWindow} messages were refused outside the window`)
    },
  }
}
