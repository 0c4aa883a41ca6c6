import { createServer } from 'node:http'
import { expect, it } from '@jest/globals'
import { orderCommandsReady } from '@waybill/contracts'
import { eventually } from '@waybill/test-kit'
import { z } from 'zod'
import { openBench, today } from './assistant-bench.ts'
import { johansDay } from './fake-upstreams.ts'

const DOWN_MS = 10 * 60_000
const port = z.object({ port: z.number() })

/** Refuses, asks for time, cuts the line, or takes a write and cuts the line before it has said so. */
const FAULTS = ['accept then reset', 'unavailable', 'reset', 'throttled'] as const

/** Like an order system that keeps keys: a key that it knows is answered and changes nothing. */
async function startOrderSystem() {
  const applied = new Map<string, string>()
  const keys: (string | undefined)[] = []
  let isDown = true
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const say = (status: number, body: object, headers = {}) =>
        response
          .writeHead(status, { 'content-type': 'application/json', ...headers })
          .end(JSON.stringify(body))
      if (request.method === 'GET') return say(200, johansDay(today()).body ?? {})
      const key = String(request.headers['idempotency-key'] ?? '')
      const fault = isDown ? FAULTS[keys.length % FAULTS.length] : undefined
      keys.push(key)
      if (fault === 'unavailable') return say(503, {})
      if (fault === 'throttled') return say(429, {}, { 'retry-after': '2' })
      if (fault === 'reset') return request.socket.destroy()
      if (!applied.has(key)) applied.set(key, request.url ?? '')
      if (fault === 'accept then reset') return request.socket.destroy()
      return say(200, { order: {}, already_confirmed: false })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${port.parse(server.address()).port}`,
    applied,
    keys,
    comeBack() {
      isDown = false
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

it('P6: the order system away for ten minutes loses no write and doubles none', async () => {
  await using system = await startOrderSystem()
  await using bench = await openBench()
  await using _assistant = await bench.start({ ORDERS_API_URL: system.url })
  const tap = (id: string) => ({
    kind: 'interactive',
    body: { interactive: { type: 'button_reply', button_reply: { id, title: 'x' } } },
  })
  await bench.pool.query("UPDATE drivers SET check_in_until = '24:00'")
  for (const action of ['accept:-', 'confirm:12346', 'confirm:12345']) {
    await bench.receive(tap(`${action}:${today()}`))
    await bench.settled()
  }

  // The waits are those that the back-off wrote down; only the waiting itself is left out.
  let waitedMs = 0
  const skipWait = async () => {
    const { rows } = await bench.pool.query<{ ms: number }>(
      `UPDATE lanes l SET not_before = NULL FROM (SELECT kind, key, not_before FROM lanes FOR UPDATE) was
       WHERE l.kind = 'order-commands' AND was.kind = l.kind AND was.key = l.key AND was.not_before > clock_timestamp()
       RETURNING (extract(epoch FROM was.not_before - clock_timestamp()) * 1000)::float8 AS ms`,
    )
    waitedMs += rows[0]?.ms ?? 0
    await bench.messaging.publish(orderCommandsReady, { driverId: 'driver-johan' })
  }
  const commands = async () =>
    (await bench.pool.query('SELECT id, state FROM order_commands ORDER BY seq')).rows
  const isOver = async () => {
    await skipWait()
    return waitedMs >= DOWN_MS
  }
  await eventually(isOver, { what: 'ten minutes', timeoutMs: 60_000 })
  expect((await commands()).map(({ state }) => state)).not.toContain('done')

  system.comeBack()
  const isDone = async () => {
    await skipWait()
    return (await commands()).every(({ state }) => state === 'done')
  }
  await eventually(isDone, { what: 'all writes', timeoutMs: 60_000 })
  const ids = (await commands()).map(({ id }) => id)
  expect(ids).toHaveLength(3)
  expect([...system.applied.keys()]).toEqual(ids)
  expect(system.keys.every((key) => ids.includes(key))).toBe(true)
}, 150_000)
