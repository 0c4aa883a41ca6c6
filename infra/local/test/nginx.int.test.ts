import { once } from 'node:events'
import { mkdtempDisposableSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { eventually } from '@waybill/test-kit'
import { freePorts } from '../servers/free-ports.ts'
import { nginx } from '../stack/nginx.ts'

type Behaviour = (path: string) => number | 'silent' | 'reset'

/** An ingress that answers as it is told, and remembers what it was asked. */
async function standIn(port: number) {
  const asked: string[] = []
  let behaviour: Behaviour = () => 200
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      asked.push(
        `${request.method} ${request.url} ${request.headers['x-request-id'] ? 'with id' : 'without id'}`,
      )
      const status = behaviour(request.url ?? '')
      if (status === 'reset') request.socket.resetAndDestroy()
      else if (status !== 'silent') response.writeHead(status).end()
    })
  })
  await once(server.listen(port, '127.0.0.1'), 'listening')
  return {
    asked,
    will(it: Behaviour) {
      behaviour = it
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}

const IN_HAND_MAX = 512
const dir = mkdtempDisposableSync(join(tmpdir(), 'waybill-nginx-'))
let door: ReturnType<typeof nginx>
let one: Awaited<ReturnType<typeof standIn>>
let other: Awaited<ReturnType<typeof standIn>>

beforeAll(async () => {
  const [port = 0, ...ingress] = await freePorts(3)
  one = await standIn(ingress[0] ?? 0)
  other = await standIn(ingress[1] ?? 0)
  door = nginx({ dir: dir.path, pidDir: join(dir.path, 'pids'), port })
  door.setUpstreams(ingress)
  await door.start()
})
afterAll(async () => {
  for (const each of [door, one, other]) await each[Symbol.asyncDispose]()
  dir.remove()
})
beforeEach(async () => {
  for (const each of [one, other]) each.will(() => 200)
  await eventually(async () => (await fetch(`${door.url}/health`)).ok, {
    what: 'an ingress to be let in again',
  })
  for (const each of [one, other]) each.asked.length = 0
})

const post = (body = 'x', path = '/webhook') => fetch(door.url + path, { method: 'POST', body })

describe('the front door', () => {
  it('S20: passes webhooks on with a request id, and nothing else', async () => {
    expect((await post()).status).toBe(200)
    expect([...one.asked, ...other.asked]).toEqual(['POST /webhook with id'])
    for (const path of [
      '/',
      '/metrics',
      '/ready',
      '/live',
      '/admin/help',
      '/v1/policy',
      '/webhook/',
      '/webhooks',
    ]) {
      expect((await post('x', path)).status).toBe(404)
    }
    expect((await fetch(`${door.url}/webhook`, { method: 'DELETE' })).status).toBe(405)
    expect([...one.asked, ...other.asked]).toHaveLength(1)
  })

  it('S20: asks an ingress for nothing else, however a path is written', async () => {
    const paths = [
      ...['/metrics/../webhook', '/metrics/%2e%2e/webhook', '/metrics;/../webhook', '/metrics%3f/../webhook'],
      ...[
        '/webhook/../metrics',
        '/webhook%2f..%2fmetrics',
        '//webhook',
        '//metrics',
        '/webhook%00',
        '/%2fmetrics',
      ],
      ...[
        '/metrics%23/../webhook',
        '/webhook?/../metrics',
        '/webhook#/../metrics',
        '/x/..%2f..%2fmetrics',
        '*',
      ],
      ...[
        'http://127.0.0.1/metrics',
        '/webhook\0/metrics',
        '/WEBHOOK',
        '/webhook%0d%0aX:1',
        `/${'x'.repeat(40_000)}`,
      ],
    ]
    for (const path of paths) {
      const socket = connect(Number(new URL(door.url).port), '127.0.0.1')
      socket
        .on('error', () => {})
        .write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, 'latin1')
      socket.resume()
      await once(socket, 'close')
    }
    const asked = new Set([...one.asked, ...other.asked].map((it) => it.replace(/\?\S*/, '')))
    expect(asked).toEqual(new Set(['GET /webhook with id']))
  })

  it('passes order events on, small ones', async () => {
    expect((await post('x', '/order-events')).status).toBe(200)
    expect([...one.asked, ...other.asked]).toEqual(['POST /order-events with id'])
    expect((await fetch(`${door.url}/order-events`)).status).toBe(405)
    expect((await post('x'.repeat(70_000), '/order-events')).status).toBe(413)
    expect([...one.asked, ...other.asked]).toHaveLength(1)
  })

  it.each([
    ['is shut out by the broker', () => 503],
    ['is frozen', () => 'silent' as const],
    ['dies', () => 'reset' as const],
  ])('offers a webhook to another ingress when one %s', async (_what, behaviour) => {
    one.will(behaviour)
    // Both take turns: two webhooks meet the bad one at least once.
    const statuses = [(await post()).status, (await post()).status]
    expect(statuses).toEqual([200, 200])
    expect(one.asked.length).toBeGreaterThan(0)
    expect(other.asked.length).toBe(2)
  })

  it('answers 503 when no ingress takes it, so that WhatsApp sends it again', async () => {
    one.will(() => 503)
    other.will(() => 503)
    // Also once it has given both up for a moment.
    for (let i = 0; i < 12; i++) expect((await post()).status).toBe(503)
  })

  it('S17: leaves the verify token out of its logs', async () => {
    await fetch(`${door.url}/webhook?hub.verify_token=not-for-logs&hub.challenge=1`)
    one.will(() => 'reset')
    other.will(() => 'reset')
    await fetch(`${door.url}/webhook?hub.verify_token=not-for-logs`)
    const logs = ['access.log', 'error.log']
      .map((it) => readFileSync(join(door.home, 'logs', it), 'utf8'))
      .join('')
    expect(logs).toContain('GET /webhook 200')
    expect(logs).toContain('GET /webhook 503')
    expect(logs).not.toContain('not-for-logs')
  })

  it('S6: takes 3 MB and refuses more than WhatsApp sends', async () => {
    expect((await post('x'.repeat(3 * 1024 * 1024))).status).toBe(200)
    expect((await post('x'.repeat(4 * 1024 * 1024))).status).toBe(413)
  })

  it('S6: lets nobody hold an ingress with a body that does not come', async () => {
    const slow = connect(Number(new URL(door.url).port), '127.0.0.1')
    slow.write('POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nx')
    await once(slow, 'connect')
    expect((await post()).status).toBe(200)
    expect([...one.asked, ...other.asked]).toHaveLength(1)
    slow.destroy()
  })

  it('S14: lets one address hold so many requests, and the others on', async () => {
    const port = Number(new URL(door.url).port)
    const open = async (localAddress: string) => {
      const socket = connect({ port, host: '127.0.0.1', localAddress }).setEncoding('latin1')
      socket.on('error', () => {}).write('POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nx')
      await once(socket, 'connect')
      return socket
    }
    const held = await Promise.all(Array.from({ length: IN_HAND_MAX }, () => open('127.0.0.1')))
    await eventually(async () => (await post()).status === 503, { what: 'the door to have read all of them' })
    const other = await open('127.0.0.2')
    other.write('x')
    expect(String(await once(other, 'data'))).toMatch(/^HTTP\/1\.1 200 /)
    for (const socket of [...held, other]) socket.destroy()
    await eventually(async () => (await post()).status === 200, { what: 'the door to be free again' })
  })

  it('S6: hangs up on whoever does not come to the end of a header', async () => {
    const slow = connect(Number(new URL(door.url).port), '127.0.0.1').on('error', () => {})
    slow.write('GET /webhook HTTP/1.1\r\nHost: x\r\nX-Slow: ')
    slow.resume()
    await new Promise((resolve) => slow.on('close', resolve)) // reset, or closed
    expect([...one.asked, ...other.asked]).toEqual([])
  }, 30_000)

  it('S30: says who it is, but not which version', async () => {
    expect((await fetch(`${door.url}/health`)).headers.get('server')).toBe('nginx')
  })

  it('S22: asks to be asked with TLS only, whatever it answers', async () => {
    for (const path of ['webhook', 'no-such-page']) {
      const answer = await fetch(`${door.url}/${path}`)
      expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000')
    }
  })
})
