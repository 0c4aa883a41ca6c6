import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { CHECKOUT } from '@waybill/local'
import { type Access, accessOf, type OpsServer } from '@waybill/service-kit'
import { freshDatabase, freshVhost } from '@waybill/test-kit'
import { signatureOf } from '@waybill/whatsapp'
import { z } from 'zod'
import { sandboxAccounts } from '../infra/local/stack/accounts.ts'
import { serviceVariables } from '../infra/local/stack/services.ts'
import { EVERY_SERVICE } from './every-service.ts'

jest.setTimeout(120_000)

type Service = (typeof EVERY_SERVICE)[number][0]
type Route = { service: Service; method: string; url: string; access: Access | undefined }
type Answer = { status: number; headers: Headers; text: string }

const ANSWER_LENGTH_MAX = 600
const SIGNATURE = 'x-hub-signature-256'
const created = z.object({ fastify: z.custom<OpsServer['app']>() })
const secrets = {
  ...sandboxAccounts('http://127.0.0.1:1'),
  GUARDRAILS_TOKEN: 'a-token-of-the-guardrails-of-this-test',
}
const opened = new AsyncDisposableStack()
const origins = new Map<Service, string>()
const routes: Route[] = []

/** Every service as it is, and what Fastify knows of its routes. */
beforeAll(async () => {
  const [database, vhost] = await Promise.all([freshDatabase(), freshVhost()])
  opened.use(database)
  opened.use(vhost)
  const variables = {
    ...secrets,
    AMQP_URL: vhost.url,
    DATABASE_URL: database.url,
    REDIS_URL: 'redis://127.0.0.1:1',
    GUARDRAILS_URLS: 'http://127.0.0.1:1',
    GUARDRAILS_POLICY_DIR: `${CHECKOUT}/infra/guardrails`,
    MEDIA_DIR: tmpdir(),
  }
  for (const [service, start] of EVERY_SERVICE) {
    const watch = (message: unknown) => {
      const { fastify } = created.parse(message)
      fastify.addHook('onRoute', (route) => {
        // When it is asked, every scope has had its say.
        const { url } = route
        for (const method of [route.method].flat())
          routes.push({
            ...{ service, method, url },
            get access() {
              return accessOf(route)
            },
          })
      })
      fastify.addHook('onListen', async () => {
        const address = fastify.server.address()
        if (typeof address === 'object') origins.set(service, `http://127.0.0.1:${address?.port}`)
      })
    }
    subscribe('fastify.initialization', watch)
    opened.use(await start({ ...serviceVariables(service, variables), PORT: '0', LOG_LEVEL: 'silent' }))
    unsubscribe('fastify.initialization', watch)
  }
})
afterAll(() => opened.disposeAsync())

const named = ({ service, method, url }: Route) => `${service} ${method} ${url}`
const rightful: Readonly<Record<string, string>> = {
  dispatch: secrets.DISPATCH_ADMIN_TOKEN,
  guardrails: secrets.GUARDRAILS_TOKEN,
}
const bearer = (token = '') => ({ authorization: `Bearer ${token}` })
const json = { 'content-type': 'application/json' }

async function ask({ service, method, url }: Route, init: RequestInit = {}): Promise<Answer> {
  const path = url.replaceAll(/:\w+/g, '1')
  const answer = await fetch(`${origins.get(service)}${path}`, { redirect: 'manual', ...init, method })
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

/** What stands on the wire, which no client would send. The status; 0 for a connection that is closed or reset without one. */
async function sendRaw(service: Service, request: string): Promise<number> {
  const socket = connect(Number(new URL(origins.get(service) ?? '').port), '127.0.0.1').setEncoding('latin1')
  const answer = await new Promise((resolve) => {
    socket.on('data', resolve).on('error', resolve).on('close', resolve).write(request, 'latin1')
  })
  socket.destroy()
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(String(answer))?.[1] ?? 0)
}

const INTERNALS = /node_modules|\n\s+at |\.[jt]s:\d|FST_|fastify|ECONN|postgres|SELECT|syntax for/i
const TELLING_HEADERS = /^(server|x-powered-by|via|set-cookie|access-control-.*)$/

/** What an answer gives away of who answers, and how. */
function givenAway({ headers, text }: Answer): string[] {
  return [
    ...(INTERNALS.exec(text) ?? []),
    ...(text.length > ANSWER_LENGTH_MAX ? ['a long answer'] : []),
    ...[...headers.keys()].filter((name) => TELLING_HEADERS.test(name)),
  ]
}

function problemsOf(route: Route, answer: Answer, allowed: readonly number[]): string[] {
  const problems = [...(allowed.includes(answer.status) ? [] : [answer.status]), ...givenAway(answer)]
  return problems.map((it) => `${named(route)}: ${it}`)
}

const isRefusal = (status: number) => status === 0 || (status >= 400 && status < 500)

async function expectAllAlive(): Promise<void> {
  for (const origin of origins.values()) expect((await fetch(`${origin}/live`)).status).toBe(200)
}

describe('who may use a route', () => {
  it('S21: is said of each route of each service', () => {
    expect(routes.filter(({ access }) => access === undefined).map(named)).toEqual([])
    expect(new Set(routes.map(({ service }) => service)).size).toBe(EVERY_SERVICE.length)
  })

  it('S20: nothing is for everybody, and nothing but what says nothing of anybody does without a token', () => {
    const open = routes.filter(({ access }) => access?.by !== 'token')
    const own = open.filter(({ url }) => !['/live', '/ready', '/metrics'].includes(url))
    expect(own.map((route) => `${named(route)}: ${route.access?.by}`)).toEqual([
      'ingress GET /webhook: handler',
      'ingress POST /order-events: handler',
      'ingress POST /webhook: handler',
      'guardrails GET /openapi.json: network',
    ])
    expect(open.filter(({ access }) => access?.by === 'nothing')).toEqual([])
    expect(routes.filter(({ url }) => url.startsWith('/admin')).length).toBeGreaterThan(10)
  })

  it('S21: nobody gets in without the right credentials, whatever else he sends', async () => {
    const guarded = routes.filter(({ access }) => access?.by === 'token' || access?.by === 'handler')
    const problems: string[] = []
    for (const route of guarded) {
      const right = rightful[route.service] ?? ''
      const others = Object.values(secrets).filter((it) => it !== right)
      const credentials: RequestInit['headers'][] = [
        {},
        ...others.map(bearer),
        bearer(''),
        bearer(`${right}x`),
        bearer(right.slice(1)),
        bearer('x'.repeat(8_000)),
        { authorization: right },
        { authorization: `Basic ${Buffer.from(`admin:${right}`).toString('base64')}` },
        { authorization: `Bearer  ${right}` },
        { authorization: `bearer ${right.toUpperCase()}` },
        [
          ['authorization', 'Bearer x'],
          ['authorization', `Bearer ${right}`],
        ],
        { 'x-authorization': `Bearer ${right}`, cookie: `token=${right}`, 'x-forwarded-for': '127.0.0.1' },
        { [SIGNATURE]: 'sha256=', 'webhook-signature': 'v1,', 'x-operator': 'Ana' },
        [
          [SIGNATURE, signatureOf(Buffer.from('{}'), secrets.WHATSAPP_APP_SECRET)],
          [SIGNATURE, signatureOf(Buffer.from('{}'), 'another')],
        ],
      ]
      for (const headers of credentials) {
        const hasBody = !['GET', 'HEAD'].includes(route.method)
        const all = new Headers(headers)
        if (hasBody) all.set('content-type', 'application/json')
        const answer = await ask(route, { headers: all, ...(hasBody ? { body: '{}' } : {}) })
        const refusal = route.url === '/webhook' && !hasBody ? 400 : 401
        problems.push(...problemsOf(route, answer, [refusal]))
      }
      if (route.access?.by === 'token') {
        const inQuery = await ask({ ...route, url: `${route.url}?token=${right}&access_token=${right}` })
        problems.push(...problemsOf(route, inQuery, [401]))
      }
    }
    expect(problems).toEqual([])
    await expectAllAlive()
  })

  it('S21: no way of writing a path leads around it', async () => {
    const paths = [
      ...['//admin/help', '/admin//help', '/ADMIN/help', '/admin/help/', '/admin/help;x=1', '/admin/help#x'],
      ...[
        '/admin%2fhelp',
        '/%61dmin/help',
        '/metrics/..%2fadmin/help',
        '/live/../admin/help',
        '/admin/help%00',
      ],
      ...[
        '/admin/%2e%2e/admin/help',
        '/admin/help%20',
        '\\admin\\help',
        '/admin/help?',
        '/admin/%zz',
        '/%ff',
      ],
      ...[`/admin/${'x'.repeat(20_000)}`, '/admin/help\0', 'http://127.0.0.1/admin/help', '*', 'admin/help'],
      ...[
        '/v1/policy/',
        '//v1/policy',
        '/v1/../v1/policy',
        '/openapi.json/../v1/policy',
        '/__proto__',
        '/constructor',
      ],
    ]
    const problems: string[] = []
    for (const service of ['dispatch', 'guardrails', 'ingress'] as const) {
      for (const method of ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'CONNECT', 'XX']) {
        for (const path of paths) {
          const status = await sendRaw(
            service,
            `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
          )
          if (!isRefusal(status)) problems.push(`${service} ${method} ${path.slice(0, 40)}: ${status}`)
        }
      }
    }
    expect(problems).toEqual([])
    await expectAllAlive()
  })

  it('S30: another origin is allowed nothing', async () => {
    const problems: string[] = []
    for (const route of routes) {
      const preflight = { origin: 'https://evil.example', 'access-control-request-method': route.method }
      const answer = await ask({ ...route, method: 'OPTIONS' }, { headers: preflight })
      problems.push(...problemsOf(route, answer, [401, 404]))
    }
    expect(problems).toEqual([])
  })
})

describe('what nobody should send', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  const BODIES: readonly (readonly [what: string, body: string | Buffer, headers: Record<string, string>])[] =
    [
      ['what is not JSON', '{"text":', json],
      ['nothing', '', json],
      ['a list', '[]', json],
      ['null', 'null', json],
      ['a number out of range', '{"minutes":1e999,"limit":-0,"ids":[1e400]}', json],
      ['a prototype', '{"__proto__":{"isAdmin":true},"text":"a"}', json],
      ['a constructor', '{"constructor":{"prototype":{"isAdmin":true}},"text":"a"}', json],
      ['what is nested deep', `{"text":${deep},"facts":${deep}}`, json],
      ['facts that are nested deep', `{"text":"a","permissions":[],"facts":${deep}}`, json],
      ['a key ten times', `{${'"text":"a",'.repeat(10)}"text":7}`, json],
      ['bytes that are no text', Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d]), json],
      [
        'NUL and half a character',
        '{"text":"\\u0000\\ud800","answer":"\\u0000","queue":"\\u0000","error":"\\u0000"}',
        json,
      ],
      ['dates out of range', '{"since":"+275760-09-13","until":"0000-00-00","error":"a"}', json],
      ['a form', 'text=a', { 'content-type': 'application/x-www-form-urlencoded' }],
      [
        'XML',
        '<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>',
        { 'content-type': 'text/xml' },
      ],
      ['a type that is none', '{}', { 'content-type': 'application/json\tcharset=\\' }],
      ['a compressed body', '{}', { ...json, 'content-encoding': 'gzip' }],
    ]

  // Some of it may be all right to some: guardrails look at any text.
  const ANSWERS = [200, 400, 401, 404, 409, 413, 415]

  it('S6: is never an error of ours, and refused with a short sentence', async () => {
    const problems: string[] = []
    for (const route of routes) {
      if (['GET', 'HEAD'].includes(route.method)) continue
      for (const [what, body, headers] of BODIES) {
        const signed = { [SIGNATURE]: 'sha256=00', 'idempotency-key': 'x'.repeat(1_000), 'x-operator': 'Ana' }
        const answer = await ask(route, {
          body,
          headers: { ...headers, ...signed, ...bearer(rightful[route.service]) },
        })
        problems.push(...problemsOf(route, answer, ANSWERS).map((it) => `${what}: ${it}`))
      }
    }
    expect(problems).toEqual([])
    expect(Reflect.has({}, 'isAdmin')).toBe(false)
    await expectAllAlive()
  })

  it('S6: is not read any further once it is too long', async () => {
    const large = Buffer.alloc(3_400_000, ' ')
    const problems: string[] = []
    for (const route of routes) {
      if (['GET', 'HEAD'].includes(route.method)) continue
      const headers = { ...json, ...bearer(rightful[route.service]) }
      const answer = await ask(route, { body: large, headers }).catch(() => undefined) // hung up
      if (answer) problems.push(...problemsOf(route, answer, [413]))
    }
    expect(problems).toEqual([])
    await expectAllAlive()
  })

  it('S6: is no header, no address and no query either', async () => {
    const long = 'x'.repeat(20_000)
    const problems: string[] = []
    for (const service of ['dispatch', 'guardrails', 'ingress'] as const) {
      const token = rightful[service] ?? ''
      const head = `Host: x\r\nConnection: close\r\nAuthorization: Bearer ${token}\r\nX-Operator: Ana\r\n`
      const hostile = [
        ...[
          `GET /live HTTP/1.1\r\nHost: x\r\nX-Long: ${long}\r\n\r\n`,
          'GET /live HTTP/9.9\r\n\r\n',
          '\0\0\0\r\n\r\n',
        ],
        `POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
        `POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n`,
        `POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx`,
        `GET /admin/dead-letters/%00 HTTP/1.1\r\n${head}\r\n`,
        `GET /admin/dead-letters?queue=%00&error=%00 HTTP/1.1\r\n${head}\r\n`,
        `GET /admin/dead-letters?since=%2B275760-09-13&until=-271821-04-20 HTTP/1.1\r\n${head}\r\n`,
        `GET /admin/dead-letters?limit=1e9 HTTP/1.1\r\n${head}\r\n`,
        `GET /admin/dead-letters?state=open&state=all HTTP/1.1\r\n${head}\r\n`,
        `GET /admin/dead-letters?__proto__[x]=1&constructor=1 HTTP/1.1\r\n${head}\r\n`,
        `DELETE /admin/conversations/%00/takeover HTTP/1.1\r\n${head}\r\n`,
        `DELETE /admin/conversations/${'%F0%9F%9A%9A'.repeat(60)}/takeover HTTP/1.1\r\n${head}\r\n`,
        `POST /admin/conversations/%00/help/close HTTP/1.1\r\n${head}Content-Length: 0\r\n\r\n`,
        `GET /v1/policy?tenant=${encodeURIComponent('../../etc/passwd')}&tenant=2 HTTP/1.1\r\n${head}\r\n`,
        `GET /webhook?hub.mode=subscribe&hub.verify_token=a&hub.verify_token=b&hub.challenge=1 HTTP/1.1\r\n${head}\r\n`,
        `GET /webhook?${'hub.challenge=1&'.repeat(1_000)} HTTP/1.1\r\n${head}\r\n`,
      ]
      for (const request of hostile) {
        const status = await sendRaw(service, request)
        if (status >= 500) problems.push(`${service} ${request.slice(0, 80)}: ${status}`)
      }
    }
    expect(problems).toEqual([])
    await expectAllAlive()
  })
})
