import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { eventually, type FaultProxy, freshRedis, startFaultProxy } from '@waybill/test-kit'
import { Registry } from 'prom-client'
import { type ReachableRedis, reachRedis } from '../src/session/reach-redis.ts'
import { log } from './assistant-bench.ts'

let opened: AsyncDisposableStack
let line: FaultProxy
let redis: ReachableRedis
let registry: Registry

beforeEach(async () => {
  opened = new AsyncDisposableStack()
  const fresh = await freshRedis()
  opened.use(fresh)
  line = opened.use(await startFaultProxy(fresh.url))
  registry = new Registry()
  redis = opened.use(reachRedis({ url: line.url, registry, log }))
  await answers()
})
afterEach(() => opened.disposeAsync())

const ping = () => redis.call((it) => it.ping())
const answers = () =>
  eventually(async () => (await ping().catch(() => '')) === 'PONG', { what: 'an answer', timeoutMs: 15_000 })
const refusals = async () =>
  Number(/calls_total\{breaker="redis",outcome="open"\} (\d+)/.exec(await registry.metrics())?.[1] ?? 0)

it('waits for a silent Redis a few times, and then for none of what is asked of it', async () => {
  line.set({ dropUp: true, dropDown: true })
  await Promise.allSettled(Array.from({ length: 20 }, ping))
  const before = await refusals()
  await expect(ping()).rejects.toMatchObject({ reason: 'open' })
  expect((await refusals()) - before).toBe(1)
  line.set({})
  await answers()
})

it('gives a connection up whose other end is gone without a word, and takes a new one', async () => {
  line.set({ dropUp: true, dropDown: true })
  await expect(ping()).rejects.toThrow('Command timed out')
  await eventually(() => redis.client.status !== 'ready', { what: 'the connection to be given up' })
  line.set({})
  await answers()
})

it('takes a new connection when its own is cut', async () => {
  const before = await redis.call((it) => it.client('ID'))
  line.resetAll()
  await answers()
  expect(await redis.call((it) => it.client('ID'))).not.toBe(before)
})
