import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { describe, expect, it } from '@jest/globals'
import { createCloudApi, graphRequest } from './cloud-api.ts'
import { type OutboundMessage, outboundMessageSchema } from './outbound-message.ts'
import type { SendOutcome } from './send-outcome.ts'

const message: OutboundMessage = { type: 'text', text: { body: 'hi' } }
const ACCEPTED = '{"messages":[{"id":"wamid.1"}]}'
const request = { to: { waId: '1555' }, message, callbackData: 'row-1' }

function exampleOf(name: string): URL {
  const path = `../fixtures/graph-api/phone-number-id-messages/post/request-send-${name}.json`
  return new URL(path, import.meta.url)
}

async function answering(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const api = createCloudApi({
    baseUrl: `http://127.0.0.1:${port}/v24.0`,
    phoneNumberId: '42',
    accessToken: 'token',
  })
  return {
    api,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

describe('a request', () => {
  const examples = [
    'text-message',
    'reply-to-text-message',
    'reply-button',
    'list-message',
    'location-message',
    'reply-with-reaction-message',
    'message-template-text',
    'message-template-interactive',
    'sample-shipping-confirmation-template',
  ]
  it.each(examples)('for a %s is as Meta publishes it', (name) => {
    const published = JSON.parse(readFileSync(exampleOf(name), 'utf8'))
    const built = graphRequest({
      to: { waId: published.to },
      message: outboundMessageSchema.parse(published),
      callbackData: 'row-1',
      replyTo: published.context?.message_id,
    })
    expect(built).toEqual({ ...published, biz_opaque_callback_data: 'row-1' })
  })

  it('to a person without a number goes to the user id, and quotes what it answers', () => {
    const built = graphRequest({ ...request, to: { userId: 'US.1' }, replyTo: 'wamid.1' })
    expect(built).toMatchObject({ recipient: 'US.1', context: { message_id: 'wamid.1' } })
    expect(built).not.toHaveProperty('to')
  })
})

describe('send', () => {
  it('says what WhatsApp said', async () => {
    let seen: unknown
    await using server = await answering((incoming, response) => {
      seen = [incoming.url, incoming.headers.authorization]
      response.end(ACCEPTED)
    })
    const outcome = await server.api.send(request, AbortSignal.timeout(5_000))
    expect([outcome, seen]).toEqual([
      { kind: 'accepted', wamid: 'wamid.1' },
      ['/v24.0/42/messages', 'Bearer token'],
    ])
  })

  it.each<[number, object, SendOutcome]>([
    [
      400,
      { code: 131047, message: 'Re-engagement message' },
      { kind: 'rejected', code: 131047, reason: 'Re-engagement message' },
    ],
    [
      429,
      { code: 80007, message: 'slow down' },
      { kind: 'retry', scope: 'number', code: 80007, reason: 'slow down', delayMs: 7_000 },
    ],
    [
      500,
      { code: 131000, message: 'Something went wrong' },
      { kind: 'ambiguous', reason: '131000 Something went wrong' },
    ],
  ])('knows what a %i with %j means', async (status, error, outcome) => {
    await using server = await answering((_incoming, response) => {
      response.writeHead(status, { 'retry-after': '7' }).end(JSON.stringify({ error }))
    })
    expect(await server.api.send(request, AbortSignal.timeout(5_000))).toEqual(outcome)
  })

  it.each<[string, RequestListener]>([
    ['a reset after the request', (incoming) => incoming.socket.destroy()],
    ['rubbish', (_incoming, response) => response.end('<html>')],
    ['an answer that is too long', (_incoming, response) => response.end(`${' '.repeat(70_000)}${ACCEPTED}`)],
    [
      'a redirect',
      (incoming, response) => {
        if (incoming.url === '/elsewhere') response.end(ACCEPTED)
        else response.writeHead(307, { location: '/elsewhere' }).end()
      },
    ],
  ])('is in doubt after %s', async (_case, listener) => {
    await using server = await answering(listener)
    expect((await server.api.send(request, AbortSignal.timeout(5_000))).kind).toBe('ambiguous')
  })

  it('is in doubt when it was given up', async () => {
    const giveUp = new AbortController()
    await using server = await answering(() => giveUp.abort())
    expect((await server.api.send(request, giveUp.signal)).kind).toBe('ambiguous')
  })

  it('is certain that nothing went out without a connection', async () => {
    const { api, ...server } = await answering(() => {})
    await server[Symbol.asyncDispose]()
    expect(await api.send(request, AbortSignal.timeout(5_000))).toMatchObject({
      kind: 'retry',
      scope: 'message',
    })
  })
})

describe('markRead', () => {
  it('shows that somebody is typing', async () => {
    let body = ''
    await using server = await answering((incoming, response) => {
      incoming
        .on('data', (chunk) => (body += String(chunk)))
        .on('end', () => response.end('{"success":true}'))
    })
    await server.api.markRead({ wamid: 'wamid.1', showTyping: true }, AbortSignal.timeout(5_000))
    const published = JSON.parse(readFileSync(exampleOf('typing-indicator-and-read-receipt'), 'utf8'))
    expect(JSON.parse(body)).toEqual({ ...published, message_id: 'wamid.1' })
  })
})
