import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import http from 'node:http'
import Fastify from 'fastify'
import { pino } from 'pino'
import { readFleet } from '../src/fleet.ts'
import { registerSandbox } from '../src/register-sandbox.ts'
import { createWorld, type WorldOptions } from '../src/world.ts'

export const PHONE_NUMBER_ID = '106540352242922'
export const WABA_ID = '102290129340398'
export const JOHAN = '12125550101'

export type Webhook = { body: Record<string, unknown>; isSigned: boolean; raw: string; at: number }
export type TestSandbox = Awaited<ReturnType<typeof openSandbox>>

/** A sandbox that listens, and a webhook receiver that answers what `answers` says, then 200. */
export async function openSandbox(options: Partial<WorldOptions> = {}) {
  await using opened = new AsyncDisposableStack()
  const receiver = opened.use(await openReceiver())
  const world = createWorld({
    webhookUrl: `${receiver.url}/webhook`,
    appSecret: APP_SECRET,
    verifyToken: 'verify-me',
    accessToken: 'EAAtoken',
    business: { wabaId: WABA_ID, phoneNumberId: PHONE_NUMBER_ID, displayPhoneNumber: '15550109999' },
    openrouterApiKey: 'or-key',
    ordersApiToken: 'orders-token',
    modelLatency: { latencyMs: 0, jitterMs: 0 },
    fleet: readFleet(),
    log: pino({ level: 'silent' }),
    ...options,
  })
  const app = opened.adopt(Fastify({ forceCloseConnections: true }), (it) => it.close())
  await registerSandbox(app, world)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  opened.use(world)
  const closing = opened.move()

  async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: jsonOf(text) }
  }

  return {
    url,
    world,
    webhooks: receiver.webhooks,
    answers: receiver.answers,
    control: (method: string, path: string, body?: unknown) => call(method, `/sandbox${path}`, body),
    graph: (method: string, path: string, body?: unknown) =>
      call(method, `/v24.0${path}`, body, { authorization: 'Bearer EAAtoken' }),
    orders: (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
      call(method, `/orders${path}`, body, { authorization: 'Bearer orders-token', ...headers }),
    openrouter: (path: string, body: unknown) =>
      call('POST', `/openrouter/api/v1${path}`, body, { authorization: 'Bearer or-key' }),
    call,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

const APP_SECRET = 'shhh'

async function openReceiver() {
  const webhooks: Webhook[] = []
  const answers: number[] = []
  const server = http.createServer((request, response) => {
    if (request.method === 'GET') {
      const query = new URL(request.url ?? '', 'http://localhost').searchParams
      response.statusCode = query.get('hub.verify_token') === 'verify-me' ? 200 : 403
      response.end(query.get('hub.challenge'))
      return
    }
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const raw = Buffer.concat(chunks)
      const signature = `sha256=${createHmac('sha256', APP_SECRET).update(raw).digest('hex')}`
      const isSigned = request.headers['x-hub-signature-256'] === signature
      webhooks.push({ body: jsonOf(raw.toString()), isSigned, raw: raw.toString(), at: Date.now() })
      response.statusCode = answers.shift() ?? 200
      response.end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    webhooks,
    answers,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

// Tests look into answers of many shapes: what is not there is undefined and fails the expectation.
function jsonOf(text: string) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Waits for a fact. */
export async function until<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const deadline = Date.now() + 5_000
  for (;;) {
    const found = await probe()
    if (found !== undefined && found !== false) return found
    if (Date.now() > deadline) throw new Error(`still waiting for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** The `value` of a webhook. */
export function webhookValue(webhook: Webhook | undefined) {
  return Object(webhook?.body).entry?.[0]?.changes?.[0]?.value
}
