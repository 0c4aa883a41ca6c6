import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'
import { createPool, type WaitingMessage } from '@waybill/database'
import { eventually } from '@waybill/test-kit'
import { textMessage } from '@waybill/whatsapp'
import { Redis } from 'ioredis'
import { Registry } from 'prom-client'
import { createMetrics } from '../src/metrics.ts'
import { EMPTY_SESSION } from '../src/session/session.ts'
import { workConversation } from '../src/turns/work-conversation.ts'
import { type Bench, CONVERSATION, log, openBench, textOf } from './assistant-bench.ts'

let bench: Bench
beforeEach(async () => {
  bench = await openBench()
})
afterEach(async () => {
  jest.restoreAllMocks()
  await bench[Symbol.asyncDispose]()
})

function workWith(answer: (message: WaitingMessage) => string) {
  const handler = workConversation({
    pool: bench.pool,
    messaging: bench.messaging,
    limits: { windowMs: 60_000, admit: async () => ({ kind: 'admitted' }) },
    memory: { readSession: async () => undefined, readOrders: async () => undefined, write: async () => {} },
    metrics: createMetrics(new Registry()),
    log,
    owner: 'test',
    albumQuietMs: 0,
    lease: { ttlMs: 15_000, renewMs: 5_000 },
    stopping: new AbortController().signal,
    now: Date.now,
    random: () => 1,
    openBook: () => ({ fetched: [], seen: [], on: async () => undefined }),
    answer: async ({ message }) => ({
      path: 'fast',
      replies: [textMessage(answer(message))],
      commands: [],
      audit: [],
      session: EMPTY_SESSION,
    }),
  })
  const delivery = {
    attempt: 1,
    isRedelivered: false,
    messageId: undefined,
    correlationId: undefined,
    traceparent: undefined,
    headers: {},
  }
  return () =>
    handler({
      ...delivery,
      payload: { conversationId: CONVERSATION },
      signal: new AbortController().signal,
    })
}
const inbound = async () =>
  (await bench.pool.query('SELECT status, attempts, last_error FROM inbound ORDER BY received_us, position'))
    .rows

it('keeps what it answered before the message that failed, and holds nothing against those behind it', async () => {
  const [, poison] = await bench.receive('one', 'two', 'three', 'four')
  const work = workWith(({ wamid, body }) => {
    if (wamid === poison) throw new Error('can not be answered')
    return JSON.stringify(body)
  })
  await work()
  expect(await inbound()).toEqual([
    { status: 'answered', attempts: 1, last_error: null },
    { status: 'waiting', attempts: 1, last_error: 'can not be answered' },
    { status: 'waiting', attempts: 0, last_error: null },
    { status: 'waiting', attempts: 0, last_error: null },
  ])

  for (let attempt = 2; attempt <= 5; attempt++) {
    await bench.pool.query('UPDATE lanes SET not_before = NULL')
    await work()
  }
  expect((await inbound()).map(({ status }) => status)).toEqual(['answered', 'dead', 'answered', 'answered'])
  expect((await bench.replies()).map(textOf).map((text) => text.slice(0, 20))).toEqual([
    '{"text":{"body":"one',
    'I could not process ',
    '{"text":{"body":"thr',
  ])
})

it('backs off after a failure: 0.5 s, then 1 s', async () => {
  await bench.receive('one')
  const work = workWith(() => {
    throw new Error('not today')
  })
  const waitMs = async () => {
    const { rows } = await bench.pool.query<{ ms: number }>(
      "SELECT (extract(epoch FROM not_before - clock_timestamp()) * 1000)::int AS ms FROM lanes WHERE kind = 'inbound'",
    )
    return rows[0]?.ms ?? 0
  }
  await work()
  expect(await waitMs()).toBeGreaterThan(300)
  expect(await waitMs()).toBeLessThanOrEqual(500)
  await bench.pool.query('UPDATE lanes SET not_before = NULL')
  await work()
  expect(await waitMs()).toBeGreaterThan(700)
  expect(await waitMs()).toBeLessThanOrEqual(1_000)
})

it('does not publish a dead letter for a message that it closes, unless the broker has it', async () => {
  await bench.receive('one')
  await bench.pool.query('UPDATE inbound SET attempts = 4')
  jest.spyOn(bench.messaging, 'deadLetter').mockRejectedValue(new Error('broker is down'))
  await workWith(() => {
    throw new Error('not today')
  })()
  expect(await inbound()).toEqual([{ status: 'waiting', attempts: 5, last_error: null }])
})

it('needs three round trips to PostgreSQL and two to Redis for a turn', async () => {
  const assistant = await bench.start()
  await bench.receive('orders')
  await bench.settled()
  await bench.eventuallyCached()

  const probe = createPool({
    url: bench.urls.database,
    name: 'probe',
    connectionsMax: 1,
    registry: new Registry(),
    log,
  })
  const queries: string[] = []
  const { query } = Object.getPrototypeOf(probe)
  jest.spyOn(Object.getPrototypeOf(probe), 'query').mockImplementation(function (
    this: unknown,
    ...args: unknown[]
  ) {
    const [config] = args
    if (this !== bench.pool && typeof config === 'object' && config && 'name' in config)
      queries.push(String(config.name))
    return Reflect.apply(query, this, args)
  })
  const commands: string[] = []
  const [sendCommand, pipeline] = [
    Reflect.get(Redis.prototype, 'sendCommand'),
    Reflect.get(Redis.prototype, 'pipeline'),
  ]
  jest.spyOn(Redis.prototype, 'sendCommand').mockImplementation(function (this: unknown, ...args) {
    if (this !== bench.redis && args[1] === undefined) commands.push(args[0].name)
    return Reflect.apply(sendCommand, this, args)
  })
  jest.spyOn(Redis.prototype, 'pipeline').mockImplementation(function (this: unknown, ...args) {
    commands.push('pipeline')
    return Reflect.apply(pipeline, this, args)
  })

  await bench.receive('next')
  await bench.settled()
  await eventually(() => commands.length >= 2, { what: 'the session to be written' })
  await assistant[Symbol.asyncDispose]()
  await probe.end()
  expect(queries).toEqual(['claim-turn', 'authenticate', 'commit-turn'])
  // What is read goes out together: the session, and what the driver and all drivers may ask for.
  expect(commands.slice(0, 3).sort()).toEqual(['evalsha', 'evalsha', 'get'])
  expect(commands.slice(3)).toEqual(['pipeline'])
})
