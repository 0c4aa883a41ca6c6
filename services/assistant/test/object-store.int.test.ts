import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat, utimes } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execPath } from 'node:process'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { fileStore } from '../src/media/file-store.ts'
import type { ObjectStore } from '../src/media/object-store.ts'
import { s3Store } from '../src/media/s3-store.ts'

let opened: AsyncDisposableStack
let folder: string

beforeEach(async () => {
  opened = new AsyncDisposableStack()
  folder = await mkdtemp(join(tmpdir(), 'waybill-media-'))
  opened.defer(() => rm(folder, { recursive: true, force: true }))
})
afterEach(() => opened.disposeAsync())

const never = new AbortController().signal
const bytes = Buffer.from('a photo of a parcel')
const sha256 = createHash('sha256').update(bytes).digest('hex')
const photo = { bytes, sha256, extension: 'jpg', contentType: 'image/jpeg' }

/** An S3 server that checks signatures (version 4), with the bucket `proofs`. */
async function startS3(): Promise<string> {
  const s3rver = dirname(createRequire(import.meta.url).resolve('@20minutes/s3rver/package.json'))
  const script = `const S3rver = require(${JSON.stringify(s3rver)})
    new S3rver({ port: 0, address: '127.0.0.1', silent: true, vhostBuckets: false,
      directory: ${JSON.stringify(folder)}, configureBuckets: [{ name: 'proofs' }] })
      .run().then(({ port }) => console.log(port))`
  const server = spawn(execPath, ['--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  opened.defer(async () => {
    server.kill()
    if (server.exitCode === null) await once(server, 'exit')
  })
  const [port] = await once(server.stdout, 'data')
  return `http://127.0.0.1:${String(port).trim()}/proofs`
}

const account = { region: 'us-east-1', accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' }
const stores: [string, () => Promise<ObjectStore>][] = [
  ['files', async () => fileStore(join(folder, 'media'))],
  ['S3', async () => s3Store({ ...account, endpoint: await startS3() })],
]

describe.each(stores)('in %s', (_name, openStore) => {
  it('keeps what is put, once, under a name made of what it is', async () => {
    const store = await openStore()
    const key = await store.put(photo, never)
    expect(key).toBe(`${sha256.slice(0, 2)}/${sha256}.jpg`)
    expect(await store.put(photo, never)).toBe(key)
    expect(Buffer.from((await store.get(key, never)) ?? []).equals(bytes)).toBe(true)
  })

  it('has nothing under other names', async () => {
    const store = await openStore()
    expect(await store.get(`00/${'0'.repeat(64)}.jpg`, never)).toBeUndefined()
    await expect(async () => store.get('../../etc/passwd', never)).rejects.toThrow('not the key')
    await expect(store.put({ ...photo, extension: '../x' }, never)).rejects.toThrow('not the key')
  })

  it('ends with its signal', async () => {
    const store = await openStore()
    await expect(store.put(photo, AbortSignal.abort(new Error('enough')))).rejects.toThrow(/enough|abort/)
  })
})

it('is refused by S3 with another secret', async () => {
  const store = s3Store({ ...account, secretAccessKey: 'wrong', endpoint: await startS3() })
  await expect(store.put(photo, never)).rejects.toThrow('SignatureDoesNotMatch')
})

it('lets nobody else read its files, and leaves no half ones', async () => {
  const store = fileStore(folder)
  const keys = await Promise.all([store.put(photo, never), store.put(photo, never)])
  const path = join(folder, keys[0])
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  await store.put({ ...photo, sha256: 'f'.repeat(64) }, AbortSignal.abort()).catch(() => undefined)
  expect(await readdir(join(folder, 'ff'))).toEqual([])
  expect(await readdir(dirname(path))).toHaveLength(1)
})

it('S18: counts the age of a file from the last time that its bytes came', async () => {
  const store = fileStore(folder)
  const path = join(folder, await store.put(photo, never))
  await utimes(path, 0, 0)
  await store.put(photo, never)
  expect((await stat(path)).mtimeMs).toBeGreaterThan(Date.now() - 60_000)
})
