import { createHash, randomBytes, randomInt } from 'node:crypto'
import { stubFile } from './stub-files.ts'

export type Medium = {
  id: string
  bytes: Buffer
  mimeType: string
  sha256: string
  transcript: string | undefined
}
export type MediaStore = ReturnType<typeof createMediaStore>

const MEDIA_MAX = 1_000
const BYTES_MAX = 256 * 1024 * 1024
const STUB_SECONDS = 3
const URL_LIFE_MS = 5 * 60 * 1_000

/** Photos, voice notes and documents. A voice note remembers what it says, for the transcription to find. */
export function createMediaStore(now: () => number) {
  const media = new Map<string, Medium>()
  let bytesHeld = 0

  function evict() {
    for (const [id, { bytes }] of media) {
      if (media.size <= MEDIA_MAX && bytesHeld <= BYTES_MAX) return
      media.delete(id)
      bytesHeld -= bytes.byteLength
    }
  }

  function add({
    bytes,
    mimeType,
    transcript,
  }: {
    bytes: Buffer
    mimeType: string
    transcript?: string
  }): Medium {
    const id = String(randomInt(10 ** 14, 3 * 10 ** 14)) // fifteen digits; randomInt spans 2 ** 48 at most
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const medium = { id, bytes, mimeType, sha256, transcript }
    media.set(id, medium)
    bytesHeld += bytes.byteLength
    evict()
    return medium
  }

  return {
    add,
    /** A stand-in for a file nobody took: small, unlike any other. */
    addStub: (mimeType: string) => add({ bytes: stubFile(mimeType, STUB_SECONDS), mimeType }),
    find: (id: string): Medium | undefined => media.get(id),
    remove(id: string): boolean {
      bytesHeld -= media.get(id)?.bytes.byteLength ?? 0
      return media.delete(id)
    },
    /** What was said in these bytes, if they are those of a voice note that a driver sent. */
    transcriptOf(bytes: Uint8Array): string | undefined {
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      return [...media.values()].find((medium) => medium.sha256 === sha256)?.transcript
    },
    /** Path and query of a download that works for five minutes. */
    downloadPath: (id: string): string => {
      const hash = randomBytes(12).toString('base64url')
      return `/whatsapp_business/attachments/?mid=${id}&ext=${now() + URL_LIFE_MS}&hash=${hash}`
    },
    reset() {
      media.clear()
      bytesHeld = 0
    },
  }
}
