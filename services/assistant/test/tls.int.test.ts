import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempDisposableSync, readFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates, TLSSocket } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { contractsOf } from '@waybill/contracts'
import { createPool } from '@waybill/database'
import { connectMessaging } from '@waybill/messaging'
import { eventually, freshDatabase, freshRedis, freshVhost } from '@waybill/test-kit'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { reachRedis } from '../src/session/reach-redis.ts'

const PUBLIC_CAS = getCACertificates('default')
// What PostgreSQL is asked before TLS begins. https://www.postgresql.org/docs/current/protocol-message-formats.html
const SSL_REQUEST_BYTES = 8

type Certificate = { key: string; cert: string }

const dir = mkdtempDisposableSync(join(tmpdir(), 'waybill-tls-'))
const opened = new AsyncDisposableStack()
let ca: Certificate
let otherCa: Certificate
let urls: Readonly<Record<keyof typeof CLIENTS, string>>
/** What a front shows from now on. */
let shown: Certificate

beforeAll(async () => {
  ca = authority('ca')
  otherCa = authority('other-ca')
  const [vhost, database, redis] = await Promise.all([freshVhost(), freshDatabase(), freshRedis()])
  for (const each of [vhost, database, redis]) opened.use(each)
  urls = { amqp: vhost.url, postgres: database.url, redis: redis.url }
})
afterEach(() => setDefaultCACertificates(PUBLIC_CAS))
afterAll(async () => {
  await opened.disposeAsync()
  dir.remove()
})

describe.each(['amqp', 'postgres', 'redis'] as const)('%s', (server) => {
  it('S22: connects to a server that the trusted authority vouches for', async () => {
    trust(ca)
    shown = certificateFor('localhost')
    expect(await outcomeAt(server)).toBe('connected')
  })

  it('S22: refuses one that another authority vouches for', async () => {
    trust(otherCa)
    shown = certificateFor('localhost')
    expect(await outcomeAt(server)).toMatch(/unable to verify|self.signed|unable to get/)
  })

  it('S22: refuses one whose certificate is for another host', async () => {
    trust(ca)
    shown = certificateFor('other.example')
    expect(await outcomeAt(server)).toMatch(/does not match certificate/)
  })
})

/** As NODE_EXTRA_CA_CERTS does when a process starts. */
const trust = ({ cert }: Certificate) => setDefaultCACertificates([...PUBLIC_CAS, cert])

async function outcomeAt(server: keyof typeof CLIENTS): Promise<string> {
  await using front = await encrypted(urls[server])
  return await CLIENTS[server](front.url)
}

function authority(name: string): Certificate {
  const files = { key: join(dir.path, `${name}.key`), cert: join(dir.path, `${name}.crt`) }
  openssl('req', '-x509', '-nodes', '-newkey', 'rsa:2048', '-subj', `/CN=${name}`, ...out(files))
  return read(files)
}

/** Signed by `ca`, for one host. */
function certificateFor(host: string): Certificate {
  const files = { key: join(dir.path, `${host}.key`), cert: join(dir.path, `${host}.crt`) }
  openssl(
    ...['req', '-x509', '-nodes', '-newkey', 'rsa:2048', '-subj', `/CN=${host}`],
    ...['-addext', `subjectAltName=DNS:${host}`, '-addext', 'basicConstraints=critical,CA:FALSE'],
    ...['-CA', join(dir.path, 'ca.crt'), '-CAkey', join(dir.path, 'ca.key'), ...out(files)],
  )
  return read(files)
}

const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' })
const out = ({ key, cert }: Certificate) => ['-keyout', key, '-out', cert, '-days', '2']
const read = ({ key, cert }: Certificate) => ({
  key: readFileSync(key, 'utf8'),
  cert: readFileSync(cert, 'utf8'),
})

/** TLS in front of a server of ours, as the server itself would speak it. */
async function encrypted(target: string): Promise<AsyncDisposable & { url: URL }> {
  const { hostname, port, protocol } = new URL(target)
  const sockets = new Set<Socket>()
  const front = createServer((socket) => {
    void (async () => {
      socket.on('error', () => {})
      sockets.add(socket)
      if (protocol === 'postgres:') {
        await once(socket, 'readable')
        socket.read(SSL_REQUEST_BYTES)
        socket.write('S')
      }
      const inner = new TLSSocket(socket, { isServer: true, ...shown })
      const server = connect(Number(port), hostname)
      sockets.add(server)
      for (const each of [inner, server]) each.on('error', () => socket.destroy())
      inner.pipe(server).pipe(inner)
    })()
  })
  await once(front.listen(0, 'localhost'), 'listening')
  const address = front.address()
  const url = new URL(target)
  url.host = `localhost:${typeof address === 'object' && address ? address.port : 0}`
  return {
    url,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await once(front.close(), 'close')
    },
  }
}

/** `connected`, or what a service would have written into its log. */
const CLIENTS = {
  async amqp(url: URL): Promise<string> {
    url.protocol = 'amqps:'
    const { log, lines } = logged()
    const connecting = connectMessaging({
      ...{ url: url.href, name: 'tls', log, registry: new Registry(), contracts: contractsOf('ingress') },
    })
    const first = await eventually(() => lines.find((it) => it.includes('the broker')), { what: 'an end' })
    // It tries on until it is connected.
    trust(ca)
    shown = certificateFor('localhost')
    await using _connected = await connecting
    return first.includes('connected to') ? 'connected' : first
  },
  async postgres(url: URL): Promise<string> {
    url.searchParams.set('sslmode', 'verify-full')
    const { log } = logged()
    const pool = createPool({ url: url.href, name: 'tls', connectionsMax: 1, registry: new Registry(), log })
    try {
      const { rows } = await pool.query('SELECT 1 AS one')
      return rows.length === 1 ? 'connected' : 'nothing'
    } catch (error) {
      return String(error)
    } finally {
      await pool.end()
    }
  },
  async redis(url: URL): Promise<string> {
    url.protocol = 'rediss:'
    const { log, lines } = logged()
    using redis = reachRedis({ url: url.href, registry: new Registry(), log })
    return await eventually(
      async () =>
        redis.client.status === 'ready' ? 'connected' : lines.find((it) => it.includes('redis connection')),
      { what: 'an end' },
    )
  },
}

function logged() {
  const lines: string[] = []
  return { lines, log: pino({ level: 'debug' }, { write: (line) => void lines.push(line) }) }
}
