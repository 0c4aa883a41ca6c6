import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { webhookReceived } from '@waybill/contracts'
import { connectMessaging } from '@waybill/messaging'
import { eventually, freshVhost, startFaultProxy } from '@waybill/test-kit'
import { signatureOf } from '@waybill/whatsapp'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { loadConfig } from '../src/config.ts'
import { startService } from '../src/service.ts'
import { limitQueue } from './limit-queue.ts'

const SECRET = 'app-secret-of-the-tests'
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

async function startIngress(confirmTimeoutMs = 2_000) {
  const proxy = await startFaultProxy(vhost.url)
  opened.push(proxy)
  const service = await startService(
    loadConfig({
      PROFILE: 'sandbox',
      INSTANCE: 'ingress-1',
      PORT: '0',
      LOG_LEVEL: 'silent',
      AMQP_URL: proxy.url,
      CONFIRM_TIMEOUT_MS: String(confirmTimeoutMs),
      WHATSAPP_APP_SECRET: SECRET,
      WHATSAPP_VERIFY_TOKEN: 'verify-token',
    }),
  )
  opened.push(service)

  async function post(text: string): Promise<number> {
    const body = Buffer.from(text)
    const answer = await fetch(`${service.url}/webhook`, {
      method: 'POST',
      body,
      headers: { 'x-hub-signature-256': signatureOf(body, SECRET), 'x-request-id': 'request-of-the-test' },
    })
    await answer.arrayBuffer()
    return answer.status
  }
  const isReady = async () => (await fetch(`${service.url}/ready`)).ok
  return { url: service.url, proxy, post, isReady }
}

/** Takes what is in the queue: whatever came is in the result as soon as it is there. */
async function readQueue() {
  const messaging = await connectMessaging({
    url: vhost.url,
    name: 'reader',
    log: pino({ level: 'silent' }),
    registry: new Registry(),
    contracts: [webhookReceived],
  })
  opened.push(messaging)
  const read = new Map<
    string,
    { headers: Readonly<Record<string, unknown>>; correlationId: string | undefined }
  >()
  await messaging.consumeBatch(webhookReceived, { batchMax: 100, waitMs: 1 }, async (batch) => {
    for (const { body, headers, correlationId } of batch)
      read.set(body.toString(), { headers, correlationId })
  })
  return read
}

describe('P1 acked means kept', () => {
  it('what was answered with 200 is in the queue, byte for byte, with its place in time', async () => {
    const { post } = await startIngress()
    const texts = Array.from({ length: 50 }, (_, n) => `{"n": ${n}, "text": "🚚\\u00e9"}`)
    const statuses = await Promise.all(texts.map(post))
    expect(new Set(statuses)).toEqual(new Set([200]))

    const read = await readQueue()
    await eventually(() => texts.every((text) => read.has(text)), { what: 'all fifty in the queue' })
    const of = [...read.values()]
    expect(new Set(of.map(({ headers }) => headers.receivedAtUs)).size).toBe(50)
    expect(of[0]).toMatchObject({ headers: { ingressId: 'ingress-1' }, correlationId: 'request-of-the-test' })
  })

  it('without a broker the answer is 503, and 200 again as soon as it is back (users: kept-or-again)', async () => {
    const { post, proxy, isReady } = await startIngress()
    proxy.set({ refuse: true })
    proxy.resetAll()
    await eventually(async () => !(await isReady()), { what: 'the loss to be seen' })
    expect(await post('without a broker')).toBe(503)

    proxy.set({})
    await eventually(async () => (await post('it is back')) === 200, { what: 'the broker to be back' })
    const read = await readQueue()
    await eventually(() => read.has('it is back'), { what: 'the second one in the queue' })
    expect(read.has('without a broker')).toBe(false) // nothing was kept in memory
  })

  it('without a confirm the answer is 503 at the deadline, not when the broker finds its tongue', async () => {
    const { post, proxy } = await startIngress(100)
    proxy.set({ dropDown: true })
    expect(await post('silence')).toBe(503)
  })

  it('with a full queue the answer is 503', async () => {
    const { post } = await startIngress()
    await using _limit = await limitQueue(vhost.name, { messagesMax: 1 })
    const answers = new Set<number>()
    await eventually(async () => answers.add(await post('one more')).has(503), {
      what: 'the queue to be full',
    })
    expect([...answers].filter((status) => status !== 200)).toEqual([503])
  })

  it('holds while the connection is cut again and again', async () => {
    const { post, proxy, isReady } = await startIngress()
    const acked: string[] = []
    const record = async (text: string) => {
      if ((await post(text)) === 200) acked.push(text)
    }
    let isOver = false
    const load = async (client: number) => {
      for (let n = 0; !isOver; n += 1) await record(`{"client": ${client}, "n": ${n}}`)
    }
    const cut = async () => {
      for (let n = 0; n < 5; n += 1) {
        await eventually(isReady, { what: 'the broker to be back' })
        proxy.set({ dropUp: true }) // what is published now is lost with the connection
        const lost = record(`{"lost": ${n}}`)
        for (let roundTrips = 0; roundTrips < 3; roundTrips += 1) await isReady()
        proxy.resetAll()
        proxy.set({})
        await lost
      }
      await eventually(isReady, { what: 'the broker to be back' })
      isOver = true
    }
    await Promise.all([cut(), ...[0, 1, 2, 3].map(load)])
    expect(acked.length).toBeGreaterThan(0)

    const read = await readQueue()
    await eventually(() => acked.every((text) => read.has(text)), { what: 'every 200 in the queue' })
  })
})

describe('the rest of the address space', () => {
  it.each([
    ['GET', '/webhook', 400],
    ['HEAD', '/webhook', 404],
    ['PUT', '/webhook', 404],
    ['GET', '/', 404],
    ['GET', '/live', 200],
    ['GET', '/ready', 200],
  ])('S30: %s %s is answered with %i, and does not say who answers', async (method, path, status) => {
    const { url } = await startIngress()
    const answer = await fetch(url + path, { method })
    expect([answer.status, answer.headers.get('server'), answer.headers.get('x-powered-by')]).toEqual([
      status,
      null,
      null,
    ])
  })

  it('S14: refuses at once, and keeps nothing, while it can not keep up', async () => {
    const { post } = await startIngress()
    // This process is the ingress: what blocks it blocks it too.
    const isBusy = await eventually(
      async () => {
        block(1_200)
        return (await post('busy')) === 503
      },
      { what: 'a 503', timeoutMs: 20_000 },
    )
    expect(isBusy).toBe(true)
    await eventually(async () => (await post('calm')) === 200, { what: 'a 200' })
  })
})

function block(ms: number) {
  const until = performance.now() + ms
  while (performance.now() < until);
}
