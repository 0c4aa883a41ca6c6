import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import type { FastifyInstance } from 'fastify'
import { allow, guardRoutes } from './access.ts'
import { startOpsServer } from './ops-server.ts'
import { createRegistry } from './registry.ts'

const registry = createRegistry({ service: 'ingress', instance: 'ingress-1' })
const onRequest = allow.everybody('it is a test')
const local = { host: '127.0.0.1', port: 0, registry, isReady: () => true }

describe('the ops server', () => {
  it('is alive whether or not it is ready', async () => {
    let isReady = false
    await using server = await startOpsServer({ ...local, isReady: () => isReady })
    const statusOf = async (path: string) => (await fetch(server.url + path)).status
    expect([await statusOf('/live'), await statusOf('/ready')]).toEqual([200, 503])
    isReady = true
    expect([await statusOf('/live'), await statusOf('/ready')]).toEqual([200, 200])
  })

  it('shows the metrics of the process under its name', async () => {
    await using server = await startOpsServer(local)
    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    expect(metrics).toMatch(/^process_cpu_seconds_total\{service="ingress",instance="ingress-1"\} /m)
  })

  it('S6: cuts a client off that does not come to the end of its request', async () => {
    await using server = await startOpsServer(local)
    const client = connect({ host: '127.0.0.1', port: Number(new URL(server.url).port) })
    client.write('GET /live HTTP/1.1\r\nx-slow: ')
    const [answer] = await once(client.setEncoding('utf8'), 'data')
    expect(answer).toMatch(/^HTTP\/1.1 408 /)
    client.destroy()
  }, 20_000)

  it('stops when its last answer is out, though the client would keep the connection', async () => {
    const [begun, finish] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const server = await startOpsServer({
      ...local,
      server: { keepAliveTimeout: 60_000 },
      register(app) {
        app.get('/slow', { onRequest }, async () => {
          begun.resolve()
          await finish.promise
          return 'done'
        })
      },
    })
    const agent = new Agent({ keepAlive: true })
    const asking = request(`${server.url}/slow`, { agent }).end()
    const answered = once(asking, 'response')
    await begun.promise
    const stopped = server[Symbol.asyncDispose]()
    while (server.app.server.listening) await nextTurn()
    finish.resolve()
    const [response] = await answered
    response.resume()
    expect(await stopped).toBeUndefined()
    agent.destroy()
  })

  it('stops though somebody has connected and says nothing', async () => {
    const server = await startOpsServer(local)
    const client = connect({ host: '127.0.0.1', port: Number(new URL(server.url).port) })
    await once(client, 'connect')
    expect(await server[Symbol.asyncDispose]()).toBeUndefined()
    client.destroy()
  }, 20_000)

  it("serves the service's own routes, within the service's own limits", async () => {
    await using server = await startOpsServer({
      ...local,
      server: { bodyLimit: 4 },
      register: (app) => {
        app.post('/webhook', { onRequest }, async () => 'kept')
      },
    })
    const post = async (body: string) =>
      (await fetch(`${server.url}/webhook`, { method: 'POST', body })).status
    expect([await post('1234'), await post('12345')]).toEqual([200, 413])
  })

  it('S21: does not start with a route of which nobody has said who may use it', async () => {
    const register = (app: FastifyInstance) => {
      app.get('/orders', { onRequest: async () => {} }, async () => 'all of them')
    }
    await expect(startOpsServer({ ...local, register })).rejects.toThrow(
      'nobody has said who may use GET /orders',
    )
  })

  it('S21: lets nobody into a scope that has a token but whoever shows it', async () => {
    await using server = await startOpsServer({
      ...local,
      async register(app) {
        guardRoutes(app, allow.token('the-token'))
        await app.register(async (scope) => {
          scope.get('/orders', async () => 'all of them')
        })
      },
    })
    const statusOf = async (method: string, authorization = '') =>
      (await fetch(`${server.url}/orders`, { method, headers: { authorization } })).status
    expect([await statusOf('GET'), await statusOf('HEAD'), await statusOf('GET', 'Bearer the-toke')]).toEqual(
      [401, 401, 401],
    )
    expect([await statusOf('GET', 'Bearer the-token'), await statusOf('HEAD', 'Bearer the-token')]).toEqual([
      200, 200,
    ])
  })

  it('S30: says nothing of how it is made when it refuses or fails', async () => {
    await using server = await startOpsServer({
      ...local,
      register(app) {
        app.get('/broken', { onRequest }, async () => {
          throw new Error('password=hunter2')
        })
      },
    })
    const answerTo = async (path: string) => {
      const answer = await fetch(server.url + path)
      return [answer.status, await answer.json(), answer.headers.get('server')]
    }
    expect(await answerTo('/broken')).toEqual([500, { error: 'something went wrong' }, null])
    expect(await answerTo('/nowhere')).toEqual([404, { error: 'there is no such route' }, null])
    expect(await answerTo('/%zz')).toEqual([400, { error: 'not a path' }, null])
  })
})
