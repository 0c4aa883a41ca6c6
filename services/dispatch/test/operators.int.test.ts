import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createPool, type Pool } from '@waybill/database'
import { createRegistry, type OpsServer } from '@waybill/service-kit'
import { freshDatabase } from '@waybill/test-kit'
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { pino } from 'pino'
import type { Role } from '../src/admin/operators.ts'
import { serveAdmin, TOKEN } from './serve-admin.ts'

const AUDIENCE = 'waybill'
const MINUTE_S = 60
const opened = new AsyncDisposableStack()
const messaging = { publish: async () => {}, republish: async () => {} }
const routes: string[] = []
let pool: Pool
let issuer: Awaited<ReturnType<typeof identityProvider>>
let server: OpsServer

/** An issuer with one key, which answers as it is told to. */
async function identityProvider() {
  const keys = await generateKeyPair('ES256', { extractable: true })
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'ES256' }
  const state = { status: 200, body: JSON.stringify({ keys: [jwk] }), asked: 0 }
  const server = createServer((_request, response) => {
    state.asked += 1
    response.writeHead(state.status, { location: 'http://127.0.0.1:1/' }).end(state.body)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const sign = (claims: JWTPayload, key = keys.privateKey, header: object = {}) =>
    new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header }).sign(key)
  return {
    ...{ keys, state, url, sign },
    identity: { issuer: url, audience: AUDIENCE, jwksUrl: `${url}/keys`, rolesClaim: 'roles' },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}

const claims = (more: JWTPayload = {}): JWTPayload => {
  const now = Math.floor(Date.now() / 1_000)
  return {
    ...{ iss: issuer.url, aud: AUDIENCE, sub: 'u-1', email: 'ana@example.com', roles: ['viewer'] },
    ...{ iat: now - MINUTE_S, exp: now + 10 * MINUTE_S, ...more },
  }
}

const without = (name: string) => Object.fromEntries(Object.entries(claims()).filter(([key]) => key !== name))

beforeAll(async () => {
  const database = opened.use(await freshDatabase())
  const registry = createRegistry({ service: 'dispatch', instance: 'test' })
  const log = pino({ level: 'silent' })
  pool = opened.adopt(
    createPool({ url: database.url, name: 'test', connectionsMax: 2, registry, log }),
    (it) => it.end(),
  )
  issuer = opened.use(await identityProvider())
  server = opened.use(
    await serveAdmin({
      ...{ pool, messaging, identity: issuer.identity },
      watch: (app) =>
        app.addHook('onRoute', ({ method, url }) => {
          if (url.startsWith('/admin') && method !== 'HEAD') routes.push(`${String(method)} ${url}`)
        }),
    }),
  )
}, 30_000)
afterAll(() => opened.disposeAsync())

async function ask(token: string, path = '/questions', method = 'GET', base = server) {
  const body = method === 'GET' || method === 'DELETE' ? {} : { body: '{}' }
  const answer = await fetch(`${base.url}/admin${path}`, {
    ...{ method, ...body },
    headers: {
      ...{ authorization: `Bearer ${token}`, 'x-operator': 'Somebody else' },
      ...('body' in body ? { 'content-type': 'application/json' } : {}),
    },
  })
  return { status: answer.status, text: await answer.text() }
}

const LEAST: Readonly<Record<string, Role>> = {
  'GET /admin/help': 'viewer',
  'GET /admin/questions': 'viewer',
  'GET /admin/dead-letters': 'viewer',
  'GET /admin/dead-letters/:id': 'viewer',
  'POST /admin/conversations/:id/help/close': 'operator',
  'PUT /admin/conversations/:id/takeover': 'operator',
  'DELETE /admin/conversations/:id/takeover': 'operator',
  'POST /admin/conversations/:id/messages': 'operator',
  'PUT /admin/drivers/:id/status': 'operator',
  'DELETE /admin/drivers/:id/lock': 'operator',
  'POST /admin/questions/:id/answer': 'operator',
  'POST /admin/dead-letters/replay': 'admin',
  'POST /admin/dead-letters/drop': 'admin',
}
const MAY: Readonly<Record<string, readonly Role[]>> = {
  none: [],
  viewer: ['viewer'],
  operator: ['viewer', 'operator'],
  admin: ['viewer', 'operator', 'admin'],
}

describe('the roles of people', () => {
  it.each(Object.entries(MAY))('S20: %s does what the role may, and nothing else', async (role, may) => {
    expect(routes.toSorted()).toEqual(Object.keys(LEAST).toSorted())
    const token = await issuer.sign(claims({ roles: ['somebody', role] }))
    const allowed: string[] = []
    for (const route of routes) {
      const [method, url = ''] = route.split(' ')
      const { status } = await ask(token, url.replace('/admin', '').replace(':id', '1'), method)
      if (status === 403) continue
      expect({ route, isError: status >= 500 || status === 401 }).toEqual({ route, isError: false })
      allowed.push(route)
    }
    expect(allowed).toEqual(routes.filter((route) => may.includes(LEAST[route] ?? 'admin')))
  })

  it('S20: what a dead letter holds is for admins', async () => {
    const of = async (role: string) =>
      (await ask(await issuer.sign(claims({ roles: role })), '/dead-letters/1?reveal=true')).status
    expect([await of('viewer'), await of('operator'), await of('admin')]).toEqual([403, 403, 404])
  })

  it('S20: whoever has the shared token may do everything', async () => {
    expect((await ask(TOKEN, '/dead-letters/1?reveal=true')).status).toBe(404)
  })

  it('S19: the audit has the name that the token vouches for, and not the one that is claimed', async () => {
    await pool.query("INSERT INTO drivers (id, name, time_zone) VALUES ('d-1', 'Johan', 'UTC')")
    const token = await issuer.sign(claims({ roles: ['operator'] }))
    const answer = await fetch(`${server.url}/admin/drivers/d-1/status`, {
      ...{ method: 'PUT', body: '{"status":"inactive"}' },
      headers: {
        ...{ authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        'x-operator': 'Somebody else',
      },
    })
    expect(answer.status).toBe(200)
    const { rows } = await pool.query("SELECT detail ->> 'by' AS by FROM audit WHERE driver_id = 'd-1'")
    expect(rows).toEqual([{ by: 'ana@example.com (u-1)' }])
  })
})

describe('tokens of the identity provider', () => {
  const now = () => Math.floor(Date.now() / 1_000)
  const REFUSED: Readonly<Record<string, () => Promise<string> | string>> = {
    'of another issuer': () => issuer.sign(claims({ iss: 'https://evil.example' })),
    'for somebody else': () => issuer.sign(claims({ aud: 'another' })),
    'for nobody': () => issuer.sign(without('aud')),
    'that is over': () => issuer.sign(claims({ exp: now() - MINUTE_S })),
    'that never ends': () => issuer.sign(without('exp')),
    'that is not good yet': () => issuer.sign(claims({ nbf: now() + 5 * MINUTE_S })),
    'that was made before this shift': () => issuer.sign(claims({ iat: now() - 13 * 60 * MINUTE_S })),
    'that does not say when it was made': () => issuer.sign(without('iat')),
    'of nobody': () => issuer.sign(without('sub')),
    'without a signature': () => new UnsecuredJWT(claims()).encode(),
    'signed with another key': async () => issuer.sign(claims(), (await generateKeyPair('ES256')).privateKey),
    'signed with a key that the issuer does not have': () =>
      issuer.sign(claims(), issuer.keys.privateKey, { kid: 'k2' }),
    'signed with the public key as a secret': async () =>
      new SignJWT(claims())
        .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
        .sign(Buffer.from(await exportSPKI(issuer.keys.publicKey))),
    'that says where its key is': async () => {
      const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
      return issuer.sign(claims(), privateKey, {
        jwk: await exportJWK(publicKey),
        jku: 'https://evil.example',
      })
    },
    'that was changed': async () => {
      const [head, , signature] = (await issuer.sign(claims())).split('.')
      const body = Buffer.from(JSON.stringify(claims({ roles: ['admin'] }))).toString('base64url')
      return `${head}.${body}.${signature}`
    },
    'that is none': () => 'a.b.c',
  }

  it('S20: are taken', async () => {
    expect((await ask(await issuer.sign(claims()))).status).toBe(200)
  })

  it.each(Object.entries(REFUSED))('S20: one %s is refused', async (_what, make) => {
    expect(await ask(await make())).toEqual({ status: 401, text: '{"error":"a bearer token is needed"}' })
  })
})

describe('an identity provider that can not be asked', () => {
  const STATES = [
    ['answers 500', { status: 500 }],
    ['leads elsewhere', { status: 302 }],
    ['talks nonsense', { body: '<html>' }],
    ['talks without an end', { body: `{"keys":[${' '.repeat(100_000)}]}` }],
  ] as const

  it.each(STATES)('S26: which %s lets nobody in, but whoever has the shared token', async (_what, state) => {
    await using other = await identityProvider()
    Object.assign(other.state, state)
    await using alone = await serveAdmin({ pool, messaging, identity: other.identity })
    const token = await other.sign(claims({ iss: other.url }))
    const answer = await ask(token, '/questions', 'GET', alone)
    expect(answer).toEqual({
      status: 503,
      text: '{"error":"the identity provider can not be asked: try again"}',
    })
    expect((await ask(TOKEN, '/questions', 'GET', alone)).status).toBe(200)
  })

  it('P9: goes unnoticed while its keys are known', async () => {
    await using other = await identityProvider()
    await using alone = await serveAdmin({ pool, messaging, identity: other.identity })
    const token = await other.sign(claims({ iss: other.url }))
    expect((await ask(token, '/questions', 'GET', alone)).status).toBe(200)
    other.state.status = 500
    expect((await ask(token, '/questions', 'GET', alone)).status).toBe(200)
    expect(other.state.asked).toBe(1)
  })
})
