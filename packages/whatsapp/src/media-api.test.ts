import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { deflateRawSync, gzipSync, inflateRawSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createMediaApi, MediaError } from './media-api.ts'
import { isPrivateAddress, mediaHosts } from './media-hosts.ts'
import { sha256Bytes } from './sha256-bytes.ts'

const JPEG = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]), Buffer.alloc(2_000, 7)])
const hash = createHash('sha256').update(JPEG).digest()

type Server = AsyncDisposable & { origin: string; seen: IncomingMessage[] }
let opened: AsyncDisposableStack

async function startServer(
  answer: (path: string, response: ServerResponse, origin: string) => void,
): Promise<Server> {
  const seen: IncomingMessage[] = []
  const server = createServer((request, response) => {
    seen.push(request)
    answer(request.url ?? '', response, origin)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  return opened.use({
    origin,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}

const metadata = (url: string, more: object = {}) =>
  JSON.stringify({
    url,
    mime_type: 'image/jpeg',
    sha256: hash.toString('hex'),
    file_size: String(JPEG.length),
    id: '1',
    ...more,
  })

/** A Graph API whose media are at the URL given, and what reads from it. */
async function openApi(urlOf: (origin: string) => string, more: object = {}, files = [JPEG]) {
  const queue = [...files]
  const graph = await startServer((path, response, origin) => {
    if (path.startsWith('/v24.0/')) return response.end(metadata(urlOf(origin), more))
    const file = queue.length > 1 ? queue.shift() : queue[0]
    return file && file.length > 0 ? response.end(file) : response.writeHead(404).end()
  })
  const api = createMediaApi({
    baseUrl: `${graph.origin}/v24.0`,
    phoneNumberId: '100',
    accessToken: 'canary-token',
    hosts: mediaHosts([graph.origin, 'lookaside.fbsbx.com'], (_name, _options, callback) =>
      callback(null, [{ address: '127.0.0.1', family: 4 }]),
    ),
  })
  return { api, graph }
}

const photo = { mediaId: '1', bytesMax: 5_000, contentTypes: ['image/jpeg'] }
const never = new AbortController().signal
const onGraph = (origin: string) => `${origin}/files/1`
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => 'nothing failed',
    (error: unknown) => (error instanceof MediaError ? error.reason : String(error)),
  )

beforeEach(() => {
  opened = new AsyncDisposableStack()
})
afterEach(() => opened.disposeAsync())

describe('S15: media are read safely', () => {
  it('reads a medium in two calls, with the token', async () => {
    const { api, graph } = await openApi(onGraph)
    const medium = await api.download({ ...photo, sha256: hash.toString('base64') }, never)
    expect(medium).toMatchObject({
      contentType: 'image/jpeg',
      extension: 'jpg',
      sha256: hash.toString('hex'),
    })
    expect(Buffer.from(medium.bytes).equals(JPEG)).toBe(true)
    expect(graph.seen.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['/v24.0/1?phone_number_id=100', 'Bearer canary-token'],
      ['/files/1', 'Bearer canary-token'],
    ])
  })

  it.each([
    ['another host', 'https://evil.example/x'],
    ['the machine itself', 'http://127.0.0.1:1/x'],
    ['the metadata service', 'http://169.254.169.254/latest/meta-data'],
    ['IPv6 loopback', 'http://[::1]/x'],
    ['a number for an address', 'https://2130706433/x'],
    ['plain http to a host that is allowed', 'http://lookaside.fbsbx.com/x'],
    ['another port of it', 'https://lookaside.fbsbx.com:8443/x'],
    ['an address in octal', 'https://0177.0.0.1/x'],
    ['an address in hex', 'https://0x7f000001/x'],
    ['IPv4 inside IPv6', 'https://[::ffff:169.254.169.254]/x'],
    ['an allowed host as the name of a user', 'https://lookaside.fbsbx.com@evil.example/x'],
    ['an allowed host with a dot after it', 'https://lookaside.fbsbx.com./x'],
    ['a file', 'file:///etc/passwd'],
    ['a name and password', 'https://a:b@lookaside.fbsbx.com/x'],
    ['a host that only starts like it', 'https://lookaside.fbsbx.com.evil.example/x'],
  ])('gives the token to nobody else: %s', async (_what, url) => {
    const { api } = await openApi(() => url)
    await expect(api.download(photo, never)).rejects.toThrow('a medium is on a host that is not allowed')
  })

  it('does not connect to an allowed name that resolves to a private address', async () => {
    const { api } = await openApi(() => 'https://lookaside.fbsbx.com/x')
    await expect(api.download(photo, never)).rejects.toThrow('at an address that is not allowed')
  })

  it('connects to what it has looked up itself, whatever the name resolves to the next time', () => {
    const answers = [['157.240.1.1', '10.0.0.1'], ['127.0.0.1'], ['169.254.169.254', '::1']]
    const hosts = mediaHosts(['lookaside.fbsbx.com'], (_name, _options, callback) =>
      callback(
        null,
        (answers.shift() ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      ),
    )
    const connectedTo: unknown[] = []
    for (let time = 1; time <= 4; time += 1) {
      hosts.lookup('lookaside.fbsbx.com', { all: true }, (error, found) =>
        connectedTo.push(error?.message ?? found),
      )
    }
    const refused = 'a medium is at an address that is not allowed'
    expect(connectedTo).toEqual([[{ address: '157.240.1.1', family: 4 }], refused, refused, refused])
  })

  it('follows no redirect, and tells nobody the token', async () => {
    const other = await startServer((_path, response) => response.end(JPEG))
    const graph = await startServer((path, response, origin) => {
      if (path.startsWith('/v24.0/')) response.end(metadata(`${origin}/files/1`))
      else response.writeHead(302, { location: `${other.origin}/x` }).end()
    })
    const api = createMediaApi({
      baseUrl: `${graph.origin}/v24.0`,
      phoneNumberId: '100',
      accessToken: 'canary-token',
      hosts: mediaHosts([graph.origin, other.origin]),
    })
    await expect(api.download(photo, never)).rejects.toThrow('answered 302')
    expect(other.seen).toEqual([])
  })

  it('refuses what is too large, by its word and by its bytes', async () => {
    const { api } = await openApi(onGraph)
    expect(await failure(api.download({ ...photo, bytesMax: 1_000 }, never))).toBe('too-large')
    const lying = await openApi(onGraph, { file_size: '10' })
    expect(await failure(lying.api.download({ ...photo, bytesMax: 1_000 }, never))).toBe('too-large')
  })

  it('refuses what is not what it says', async () => {
    const html = Buffer.from('<html>hello</html>')
    const sha256 = createHash('sha256').update(html).digest('hex')
    const page = await openApi(onGraph, { sha256 }, [html])
    expect(await failure(page.api.download(photo, never))).toBe('wrong-type')
    const { api } = await openApi(onGraph, { mime_type: 'application/pdf' })
    expect(await failure(api.download(photo, never))).toBe('wrong-type')
    expect(await failure(api.download({ ...photo, contentTypes: ['image/png'] }, never))).toBe('wrong-type')
  })

  it.each([
    ['the metadata', { sha256: '0'.repeat(64) }, undefined],
    ['the webhook', {}, Buffer.alloc(32).toString('base64')],
    ['nobody', { sha256: '<HASH>' }, undefined],
  ])('refuses what was hashed otherwise by %s', async (_who, more, sha256) => {
    const { api } = await openApi(onGraph, more)
    expect(await failure(api.download({ ...photo, sha256 }, never))).toBe('damaged')
  })

  it('asks for another link when one has run out, and then gives up', async () => {
    const { api, graph } = await openApi(onGraph, {}, [Buffer.alloc(0), JPEG])
    await api.download(photo, never)
    expect(graph.seen).toHaveLength(4)
    const { api: empty } = await openApi(onGraph, {}, [Buffer.alloc(0)])
    expect(await failure(empty.download(photo, never))).toBe('gone')
  })

  it.each([
    [404, {}, 'gone'],
    [400, { error: { code: 100 } }, 'gone'],
    [401, { error: { code: 190 } }, 'Error: WhatsApp answered 401 when it was asked for a medium'],
    [500, {}, 'Error: WhatsApp answered 500 when it was asked for a medium'],
  ])('knows what is gone from what may come back: %s', async (status, body, expected) => {
    const graph = await startServer((_path, response) => response.writeHead(status).end(JSON.stringify(body)))
    const api = createMediaApi({
      baseUrl: graph.origin,
      phoneNumberId: '100',
      accessToken: 't',
      hosts: mediaHosts([]),
    })
    expect(await failure(api.download(photo, never))).toBe(expected)
  })
})

describe('S16: a file is not taken apart', () => {
  const INFLATED_BYTES = 64 * 1024 * 1024
  const bomb = deflateRawSync(Buffer.alloc(INFLATED_BYTES))
  const cpuOf = async (work: () => unknown) => {
    const before = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(before)
    return user + system
  }
  const read = async (file: Buffer<ArrayBuffer>, contentType: string) => {
    const sha256 = createHash('sha256').update(file).digest('hex')
    const more = { sha256, mime_type: contentType, file_size: String(file.length) }
    const { api } = await openApi(onGraph, more, [file])
    return api.download({ mediaId: '1', bytesMax: 5_000_000, contentTypes: [contentType] }, never)
  }

  it.each([
    ['a document that unpacks to 64 MB', 'application/pdf', zipOf('[Content_Types].xml', bomb)],
    ['a picture that unpacks to 64 MB', 'image/png', gzipSync(Buffer.alloc(INFLATED_BYTES))],
  ])('%s is refused, and not unpacked', async (_what, contentType, file) => {
    const inflating = await cpuOf(() => inflateRawSync(bomb))
    const readings: number[] = []
    for (let i = 0; i < 3; i++) {
      readings.push(
        await cpuOf(async () => {
          expect(await failure(read(file, contentType))).toBe('wrong-type')
        }),
      )
    }
    // The first reading also loads code.
    expect(Math.min(...readings)).toBeLessThan(inflating)
  })

  it('a picture of 20,000 by 20,000 points is its bytes', async () => {
    const header = Buffer.from('89504e470d0a1a0a0000000d4948445200004e2000004e200806000000', 'hex')
    const png = Buffer.concat([
      header,
      Buffer.alloc(4),
      chunkOf('IDAT', bomb),
      chunkOf('IEND', Buffer.alloc(0)),
    ])
    expect(Buffer.from((await read(png, 'image/png')).bytes).equals(png)).toBe(true)
  })
})

/** One file of a zip, with nothing behind it. */
function zipOf(name: string, deflated: Buffer): Buffer<ArrayBuffer> {
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(8, 8)
  header.writeUInt32LE(deflated.length, 18)
  header.writeUInt16LE(name.length, 26)
  return Buffer.concat([header, Buffer.from(name), deflated])
}

/** A part of a PNG, whose checksum nobody looks at. */
function chunkOf(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  return Buffer.concat([length, Buffer.from(type), data, Buffer.alloc(4)])
}

it.each([
  '127.0.0.1',
  '10.1.2.3',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '::1',
  '::',
  'fe80::1',
  'fd00::1',
  '::ffff:127.0.0.1',
  '64:ff9b::7f00:1',
  'not an address',
])('S15: takes %s for private', (address) => expect(isPrivateAddress(address)).toBe(true))

it.each(['157.240.1.1', '2a03:2880:f00c::1'])('takes %s for public', (address) =>
  expect(isPrivateAddress(address)).toBe(false),
)

it('reads a hash in both forms, and no shortened one', () => {
  expect(sha256Bytes(hash.toString('hex'))).toEqual(hash)
  expect(sha256Bytes(hash.toString('base64'))).toEqual(hash)
  expect(sha256Bytes('4654+8g=')).toBeUndefined()
})
