import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { createPool, type Pool } from '@waybill/database'
import { eventually, type FaultProxy, freshDatabase, startFaultProxy } from '@waybill/test-kit'
import { pino } from 'pino'
import { Registry } from 'prom-client'

const CONNECTIONS_MAX = 2

let opened: AsyncDisposableStack
let line: FaultProxy
let pool: Pool
/** Past the line. */
let direct: Pool

beforeEach(async () => {
  opened = new AsyncDisposableStack()
  const database = await freshDatabase()
  opened.use(database)
  line = opened.use(await startFaultProxy(database.url))
  const open = (name: string, url: string) =>
    opened.adopt(
      createPool({
        ...{ name, url, connectionsMax: CONNECTIONS_MAX, registry: new Registry() },
        log: pino({ level: 'silent' }),
      }),
      (it) => it.end(),
    )
  direct = open('direct', database.url)
  pool = open('test', line.url)
  await backend() // there is a connection
})
afterEach(() => opened.disposeAsync())

async function backend(): Promise<number | undefined> {
  const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  return rows[0]?.pid
}

describe('a PostgreSQL that does not answer', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'performance', 'Date'] })
  })
  afterEach(() => void jest.useRealTimers())

  it('costs a query its time and its connection, and is no end of the pool', async () => {
    line.set({ dropUp: true, dropDown: true })
    // One on the connection that is open, one on a new one, the others wait for one of these.
    const queries = Promise.allSettled([1, 2, 3, 4].map(backend))
    await outOfTime()
    expect(await queries).toMatchObject([
      { reason: { message: 'Query read timeout' } },
      ...[2, 3, 4].map(() => ({ reason: { message: expect.stringContaining('timeout') } })),
    ])
    expect([pool.totalCount, pool.waitingCount]).toEqual([0, 0])
    jest.useRealTimers()
    line.set({})
    await expect(Promise.all([1, 2, 3, 4].map(backend))).resolves.toHaveLength(4)
    expect(pool.totalCount).toBe(CONNECTIONS_MAX)
  })

  it('does not keep the pool from being closed', async () => {
    line.set({ dropUp: true, dropDown: true })
    const query = backend().catch((error: Error) => error.message)
    while (pool.idleCount > 0) await setImmediate()
    await Promise.all([opened.disposeAsync(), outOfTime()])
    expect(await query).toBe('Query read timeout')
  })
})

/** Long enough for every limit of a pool, without anybody waiting for it. */
async function outOfTime(): Promise<void> {
  while (jest.getTimerCount() === 0) await setImmediate()
  await jest.advanceTimersByTimeAsync(60_000)
}

it('gives the server less time than itself, so that nothing is left running there', async () => {
  const { rows } = await pool.query('SHOW statement_timeout')
  expect(rows).toEqual([{ statement_timeout: '10s' }])
})

it('goes on when its connections are cut', async () => {
  const before = await backend()
  line.resetAll()
  await eventually(() => pool.totalCount === 0, { what: 'the news of it' })
  expect(await backend()).not.toBe(before)
})

it.each(['SELECT 1', 'SELECT pg_sleep(60)'])(
  'goes on when PostgreSQL ends its connections after %s',
  async (sql) => {
    const work = pool.query(sql).catch((error: Error) => error.message)
    await eventually(
      async () => {
        const { rows } = await direct.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'test' AND query = $1",
          [sql],
        )
        return rows.length > 0
      },
      { what: 'a connection to be ended' },
    )
    await work
    await eventually(() => pool.totalCount === 0, { what: 'the news of it' })
    await expect(Promise.all([1, 2, 3].map(backend))).resolves.toHaveLength(3)
  },
)
