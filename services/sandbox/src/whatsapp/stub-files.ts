import { randomBytes } from 'node:crypto'

// One pixel each; for the rest the first bytes that tools recognise the kind by.
const JPEG =
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA='
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const WEBP = 'UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEAAgA0JaQAA3AA/vuUAAA='
const OPUS_PER_SECOND = 48_000
const OPUS_PRE_SKIP = 312

/** A small file of a type, unlike any other. A voice note is as long as it says. */
export function stubFile(mimeType: string, seconds: number): Buffer {
  const unique = randomBytes(16)
  switch (mimeType.split(';')[0]) {
    case 'image/jpeg':
      return Buffer.concat([Buffer.from(JPEG, 'base64'), unique])
    case 'image/png':
      return Buffer.concat([Buffer.from(PNG, 'base64'), unique])
    case 'image/webp':
      return Buffer.concat([Buffer.from(WEBP, 'base64'), unique])
    case 'application/pdf':
      return Buffer.from(`%PDF-1.4\n% ${unique.toString('hex')}\n%%EOF\n`)
    case 'video/mp4':
      return Buffer.concat([Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isommp42', 'latin1'), unique])
    case 'audio/ogg':
      return voiceNote(seconds, unique)
    default:
      return unique
  }
}

/** Two Ogg pages: the header of an Opus stream, and the page that says how long it is. */
function voiceNote(seconds: number, body: Buffer): Buffer {
  const header = Buffer.alloc(19)
  header.write('OpusHead')
  header[8] = 1 // version
  header[9] = 1 // channels
  header.writeUInt16LE(OPUS_PRE_SKIP, 10)
  header.writeUInt32LE(OPUS_PER_SECOND, 12)
  const samples = Math.round(seconds * OPUS_PER_SECOND) + OPUS_PRE_SKIP
  return Buffer.concat([
    oggPage({ flags: 2, samples: 0, sequence: 0 }, header),
    oggPage({ flags: 4, samples, sequence: 1 }, body),
  ])
}

function oggPage(of: { flags: number; samples: number; sequence: number }, body: Buffer): Buffer {
  const head = Buffer.alloc(28)
  head.write('OggS')
  head[5] = of.flags
  head.writeBigInt64LE(BigInt(of.samples), 6)
  head.writeUInt32LE(1, 14)
  head.writeUInt32LE(of.sequence, 18)
  head[26] = 1
  head[27] = body.length
  return Buffer.concat([head, body])
}
