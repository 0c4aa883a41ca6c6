import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from '@jest/globals'
import { continueFrom } from '@waybill/tracing'
import { fetchAtMost } from './fetch-at-most.ts'

let server: Server | undefined
afterEach(() => server?.closeAllConnections())

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  server.unref()
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
}

describe('fetchAtMost', () => {
  it('answers as fetch does, up to its bound', async () => {
    const url = await serve((_request, response) =>
      response.writeHead(418, { 'x-tea': 'yes' }).end('0123456789'),
    )
    const response = await fetchAtMost(10)(url)
    expect([response.status, response.headers.get('x-tea'), await response.text()]).toEqual([
      ...[418, 'yes', '0123456789'],
    ])
  })

  it.each([
    ['a peer of ours', { name: 'orders', isOurs: true }, 'request-1'],
    ['somebody else', { name: 'whatsapp' }, undefined],
  ] as const)('tells %s what a request is part of: %s %s', async (_who, peer, told) => {
    let heard: unknown
    const url = await serve((request, response) => {
      heard = request.headers['x-request-id']
      response.end()
    })
    await continueFrom({ correlationId: 'request-1' }, () => fetchAtMost(10, peer)(url))
    expect(heard).toBe(told)
  })

  it('takes an answer without a body', async () => {
    const url = await serve((_request, response) => response.writeHead(204).end())
    expect((await fetchAtMost(10)(url)).status).toBe(204)
  })

  it('S26: follows no redirect', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/elsewhere') response.end('secret')
      else response.writeHead(307, { location: '/elsewhere' }).end()
    })
    await expect(fetchAtMost(10)(url)).rejects.toThrow('fetch failed')
  })

  it('S26: cuts an answer off that has no end, and hangs up', async () => {
    const closed = Promise.withResolvers<void>()
    const url = await serve((_request, response) => {
      response.on('close', closed.resolve)
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(1_000)));
      }
      response.on('drain', more)
      more()
    })
    const response = await fetchAtMost(100_000)(url)
    await expect(response.json()).rejects.toThrow('longer than 100000 bytes')
    await closed.promise
  })

  it('reads no more of an answer than it says that there is', async () => {
    const url = await serve(({ socket }) =>
      socket.end(`HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 3\r\n\r\n${'x'.repeat(100)}`),
    )
    const text = async () => (await fetchAtMost(10)(url)).text()
    await expect(text()).resolves.toBe('xxx')
  })

  it('takes no answer that says that it is too long', async () => {
    const url = await serve((_request, response) => response.end('0123456789'))
    const response = await fetchAtMost(9)(url)
    await expect(response.text()).rejects.toThrow('longer than 9 bytes')
  })

  it('counts what comes out of a compressed answer', async () => {
    const url = await serve((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(1_000_000))),
    )
    const response = await fetchAtMost(10_000)(url)
    await expect(response.text()).rejects.toThrow('longer than 10000 bytes')
  })

  it('hangs up when it is given up in the middle of an answer', async () => {
    const closed = Promise.withResolvers<void>()
    const url = await serve((_request, response) => {
      response.on('close', closed.resolve)
      response.write('{')
    })
    const giveUp = new AbortController()
    const response = await fetchAtMost(100)(url, { signal: giveUp.signal })
    giveUp.abort(new Error('enough'))
    await expect(response.text()).rejects.toThrow('enough')
    await closed.promise
  })
})
