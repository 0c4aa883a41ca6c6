import { createHash, randomBytes } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import { z } from 'zod'

const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46])

export type FakeMedia = AsyncDisposable & {
  /** Variables of an assistant that reads its media here. */
  env: Record<string, string>
  /** Calls so far, by path. */
  asked: string[]
  isDown: boolean
  photo(caption?: string): { kind: string; body: Record<string, unknown> }
  document(bytes?: Buffer): { kind: string; body: Record<string, unknown> }
  voice(seconds?: number): { kind: string; body: Record<string, unknown> }
  /** From now on WhatsApp has none of its files any more. */
  forget(): void
}

/** A Graph API that has the files that were made up with it. */
export async function startMedia(): Promise<FakeMedia> {
  const files = new Map<string, { bytes: Buffer; mimeType: string }>()
  const asked: string[] = []
  const server = createServer(({ url = '' }, response) => {
    asked.push(url)
    answer(new URL(url, 'http://localhost').pathname.split('/').slice(1), response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = z.object({ port: z.number() }).parse(server.address())
  const origin = `http://127.0.0.1:${port}`

  function answer([first = '', id = first]: string[], response: ServerResponse): void {
    const file = files.get(id)
    if (media.isDown) response.writeHead(503).end()
    else if (!file) response.writeHead(404).end('{}')
    else if (first === 'file') response.end(file.bytes)
    else {
      const sha256 = createHash('sha256').update(file.bytes).digest('hex')
      const known = { mime_type: file.mimeType, sha256, file_size: file.bytes.length }
      response.end(JSON.stringify({ ...known, url: `${origin}/file/${id}` }))
    }
  }

  function add(kind: string, mimeType: string, bytes: Buffer, more: object = {}) {
    const id = String(1_000 + files.size)
    files.set(id, { bytes, mimeType })
    const sha256 = createHash('sha256').update(bytes).digest('base64')
    return { kind, body: { [kind]: { id, mime_type: mimeType, sha256, ...more } } }
  }

  const media: FakeMedia = {
    env: { WHATSAPP_API_URL: origin, WHATSAPP_MEDIA_HOSTS: origin },
    asked,
    isDown: false,
    photo: (caption) =>
      add('image', 'image/jpeg', Buffer.concat([JPEG, randomBytes(100)]), caption ? { caption } : {}),
    document: (bytes = Buffer.concat([Buffer.from('%PDF-1.4\n'), randomBytes(100)])) =>
      add('document', 'application/pdf', bytes, { filename: 'note.pdf' }),
    voice: (seconds = 3) => add('audio', 'audio/ogg; codecs=opus', voiceNote(seconds), { voice: true }),
    forget: () => files.clear(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return media
}

/** The header of an Ogg Opus stream and the page that says how long it is. */
export function voiceNote(seconds: number): Buffer {
  const page = (samples: number, body: Buffer) => {
    const head = Buffer.alloc(28)
    head.write('OggS')
    head.writeBigInt64LE(BigInt(samples), 6)
    head[26] = 1
    head[27] = body.length
    return Buffer.concat([head, body])
  }
  const opus = Buffer.alloc(19)
  opus.write('OpusHead')
  opus[8] = 1
  opus[9] = 1
  opus.writeUInt16LE(312, 10)
  return Buffer.concat([page(0, opus), page(312 + seconds * 48_000, randomBytes(16))])
}
