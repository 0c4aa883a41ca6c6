import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { conversationReady } from '@waybill/contracts'
import { eventually } from '@waybill/test-kit'
import { Registry } from 'prom-client'
import { createRateLimits } from '../src/limits/rate-limits.ts'
import { reachRedis } from '../src/session/reach-redis.ts'
import { type Bench, log, openBench, textOf } from './assistant-bench.ts'

let bench: Bench
let assistant: AsyncDisposable | undefined

beforeEach(async () => {
  bench = await openBench()
})
afterEach(async () => {
  await assistant?.[Symbol.asyncDispose]()
  await bench[Symbol.asyncDispose]()
})

const TOO_MUCH = "⏳ That's a lot at once!"
const audited = async () =>
  (
    await bench.pool.query<{ detail: unknown }>(
      "SELECT detail FROM audit WHERE action = 'rate.limited' ORDER BY id",
    )
  ).rows
const untilLimited = () =>
  eventually(async () => (await audited()).length > 0, { what: 'a turn that has to wait' })
/** As the scheduler would: it hints at lanes whose wait is over. */
const settled = () =>
  eventually(
    async () => {
      await bench.hint()
      const { rows } = await bench.pool.query("SELECT 1 FROM inbound WHERE status = 'waiting'")
      return rows.length === 0
    },
    { what: 'everything to be answered', timeoutMs: 15_000 },
  )

it('S14: a driver who writes too much is told so once, and loses nothing', async () => {
  assistant = await bench.start({ RATE_DRIVER_MESSAGES: '3', RATE_DRIVER_WINDOW_SECONDS: '3' })
  await bench.receive('orders', '1', '2')
  await bench.settled()
  const late = await bench.receive('3', 'next')
  await untilLimited()
  late.push(...(await bench.receive('help')))
  await settled()
  const { rows } = await bench.pool.query('SELECT wamid, turn_id FROM inbound WHERE wamid = ANY ($1)', [late])
  expect(new Set(rows.map(({ turn_id }) => turn_id)).size).toBe(1)
  const notices = (await bench.replies()).filter((reply) => textOf(reply).startsWith(TOO_MUCH))
  expect(notices.map(({ reply_to }) => reply_to)).toEqual([late[1]])
  const answers = (await bench.replies())
    .filter(({ turn_id }) => turn_id === rows[0]?.turn_id)
    .map(textOf)
    .join('\n')
  expect(answers).toContain('Airport Terminal B')
  expect(answers).toContain('Your next stop')
  expect((await audited())[0]?.detail).toMatchObject({ scope: 'driver', messages: 2, told: true })
  const { rows: tries } = await bench.pool.query('SELECT attempts FROM inbound')
  expect(new Set(tries.map(({ attempts }) => attempts))).toEqual(new Set([1]))
})

it("S13: a flood of one driver costs no more than his share, and holds up nobody else's answer", async () => {
  const flood = 200
  assistant = await bench.start({ RATE_DRIVER_MESSAGES: '3', RATE_DRIVER_WINDOW_SECONDS: '3600' })
  await bench.pool.query(
    `WITH maria AS (INSERT INTO drivers (id, name, time_zone) VALUES ('driver-maria', 'Maria', 'UTC') RETURNING id)
     INSERT INTO identities (kind, value, driver_id) SELECT 'user_id', 'US.2', id FROM maria`,
  )
  await bench.receive('help', '1', '2')
  await bench.settled()
  await bench.receive(...Array.from({ length: flood }, (_, n) => `tell me about the parcel number ${n}`))
  const [wamid] = await bench.receiveFromUser('US.2', 'help')
  await bench.messaging.publish(conversationReady, { conversationId: '100000000000001:US.2' })
  const answerToMaria = async () => (await bench.replies()).filter(({ reply_to }) => reply_to === wamid)
  await eventually(async () => (await answerToMaria()).length > 0, { what: "Maria's answer" })
  await untilLimited()
  // He waits, she does not, and nobody has asked the model in his name.
  const { rows } = await bench.pool.query(
    "SELECT count(*)::int AS waiting FROM inbound WHERE status = 'waiting'",
  )
  expect(rows).toEqual([{ waiting: flood }])
  expect(bench.model.asked.length).toBeLessThanOrEqual(1)
})

it('S14: lets drivers wait without a word when all of them together ask for too much', async () => {
  const limiting = await bench.start({ RATE_ALL_TURNS_PER_SECOND: '1' })
  assistant = limiting
  await eventually(
    async () => {
      await bench.receive('orders')
      await bench.settled()
      await bench.receive('next')
      await settled()
      return (await audited()).length > 0
    },
    { what: 'a turn that has to wait for the others', timeoutMs: 15_000 },
  )
  expect((await audited())[0]?.detail).toMatchObject({ scope: 'all', told: false })
  expect((await bench.replies()).filter((reply) => textOf(reply).startsWith(TOO_MUCH))).toEqual([])
})

it('P9: without Redis each assistant counts for itself', async () => {
  assistant = await bench.start({
    REDIS_URL: 'redis://127.0.0.1:1',
    RATE_DRIVER_MESSAGES: '2',
    RATE_DRIVER_WINDOW_SECONDS: '2',
  })
  await bench.receive('orders', 'next')
  await bench.settled()
  await bench.receive('help')
  await untilLimited()
  await settled()
  expect((await bench.replies()).map(textOf).join('\n')).toContain(TOO_MUCH)
})

it('slides: what left the window makes room, one by one, and what was refused took nothing', async () => {
  const registry = new Registry()
  using redis = reachRedis({ url: bench.urls.redis, registry, log })
  const config = { driverMessages: 2, driverWindowSeconds: 2, allTurnsPerSecond: 1_000 }
  const limits = createRateLimits({ redis, config, registry })
  await eventually(() => redis.client.status === 'ready', { what: 'a connection to Redis' })
  const key = 'rate:driver:c'
  expect(await limits.admit('c', 1)).toEqual({ kind: 'admitted' })
  expect(await limits.admit('c', 1)).toEqual({ kind: 'admitted' })
  for (const _again of [1, 2, 3]) {
    expect(await limits.admit('c', 1)).toMatchObject({ kind: 'refused', scope: 'driver' })
  }
  expect(await bench.redis.zcard(key)).toBe(2)
  // As if the first of the two had been taken two seconds earlier.
  const [first = ''] = await bench.redis.zrange(key, '0', '0')
  await bench.redis.zincrby(key, '-2000000', first)
  expect(await limits.admit('c', 1)).toEqual({ kind: 'admitted' })
  const refused = await limits.admit('c', 1)
  expect(refused.kind === 'refused' && refused.waitMs > 0 && refused.waitMs <= 2_000).toBe(true)
  expect(await limits.admit('another', 2)).toEqual({ kind: 'admitted' })
  expect(await bench.redis.pttl(key)).toBeGreaterThan(0)
})
