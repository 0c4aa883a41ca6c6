import { createHmac, randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals'
import { orderEventReceived } from '@waybill/contracts'
import { connectMessaging } from '@waybill/messaging'
import { eventually, freshVhost, startFaultProxy } from '@waybill/test-kit'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { loadConfig } from '../src/config.ts'
import { startService } from '../src/service.ts'

const SECRET = 'a-secret-of-the-order-system'
let vhost: Awaited<ReturnType<typeof freshVhost>>
const opened: AsyncDisposable[] = []

beforeAll(async () => {
  vhost = await freshVhost()
})
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]()
})
afterAll(async () => {
  await vhost[Symbol.asyncDispose]()
})

async function startIngress() {
  const proxy = await startFaultProxy(vhost.url)
  opened.push(proxy)
  const service = await startService(
    loadConfig({
      PROFILE: 'sandbox',
      INSTANCE: 'ingress-1',
      PORT: '0',
      LOG_LEVEL: 'silent',
      AMQP_URL: proxy.url,
      CONFIRM_TIMEOUT_MS: '500',
      WHATSAPP_APP_SECRET: 'app-secret-of-the-tests',
      WHATSAPP_VERIFY_TOKEN: 'verify-token',
      ORDER_EVENTS_SECRET: SECRET,
    }),
  )
  opened.push(service)

  async function post(event: object, signedWith = SECRET): Promise<number> {
    const body = JSON.stringify(event)
    const id = randomUUID()
    const timestamp = String(Math.floor(Date.now() / 1_000))
    const v1 = createHmac('sha256', signedWith).update(`${id}.${timestamp}.${body}`).digest('base64')
    const answer = await fetch(`${service.url}/order-events`, {
      ...{ method: 'POST', body },
      headers: { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${v1}` },
    })
    await answer.arrayBuffer()
    return answer.status
  }
  return { proxy, post, isReady: async () => (await fetch(`${service.url}/ready`)).ok }
}

async function readQueue(): Promise<string[]> {
  const messaging = await connectMessaging({
    ...{ url: vhost.url, name: 'reader', log: pino({ level: 'silent' }), registry: new Registry() },
    contracts: [orderEventReceived],
  })
  opened.push(messaging)
  const read: string[] = []
  await messaging.consume(orderEventReceived, { concurrency: 1 }, async ({ payload }) => {
    read.push(payload.id)
  })
  return read
}

const event = (id: string) => ({
  ...{ id, type: 'order.changed', driver_id: 'driver-johan', order_id: '12346' },
  occurred_at: '2026-11-23T09:12:00-05:00',
})

it('P1: an order event that was answered with 200 is in the queue, and none is while the broker is away', async () => {
  const { proxy, post, isReady } = await startIngress()
  expect(await post(event('kept'))).toBe(200)
  expect(await post(event('forged'), 'a-secret-of-somebody-else')).toBe(401)
  expect(await post({ ...event('half'), order_id: undefined })).toBe(400)
  proxy.set({ refuse: true })
  proxy.resetAll()
  await eventually(async () => !(await isReady()), { what: 'the loss to be seen' })
  expect(await post(event('too early'))).toBe(503)
  proxy.set({})
  await eventually(isReady, { what: 'ingress to be back' })
  expect(await post(event('kept, too'))).toBe(200)
  const read = await readQueue()
  await eventually(() => read.length === 2, { what: 'both events' })
  expect(read).toEqual(['kept', 'kept, too'])
})
