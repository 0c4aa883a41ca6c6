import { createHash } from 'node:crypto'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { fetchAtMost } from '@waybill/resilience'
import { fileTypeFromBuffer } from 'file-type'
import { z } from 'zod'
import type { MediaHosts } from './media-hosts.ts'
import { sha256Bytes } from './sha256-bytes.ts'

type Options = {
  /** With the version: `https://graph.facebook.com/v24.0`. */
  baseUrl: string
  phoneNumberId: string
  accessToken: string
  /** Where bytes may be read from. The base URL's origin is asked in any case. */
  hosts: MediaHosts
}
type MediaRequest = {
  /** As the webhook gives it. It lives for seven days, its link for five minutes. */
  mediaId: string
  bytesMax: number
  /** What the bytes may be, without parameters: `image/jpeg`. */
  contentTypes: readonly string[]
  /** As the webhook gives it, base64 or hex. */
  sha256?: string | undefined
}
/** Checked: the bytes are what WhatsApp has hashed, and of the type that they begin like. */
export type Medium = { bytes: Uint8Array; contentType: string; extension: string; sha256: string }

export type MediaApi = {
  /** Throws MediaError for what will never work, and any other error for what may work later. */
  download(request: MediaRequest, signal: AbortSignal): Promise<Medium>
}

/** `gone`: WhatsApp has it no longer. `too-large`, `wrong-type`, `damaged`: it has, but not for us. */
export class MediaError extends Error {
  override name = 'MediaError'
  readonly reason: 'gone' | 'too-large' | 'wrong-type' | 'damaged'

  constructor(reason: MediaError['reason'], message: string) {
    super(message)
    this.reason = reason
  }
}

const fetchMetadata = fetchAtMost(64 * 1024, { name: 'whatsapp' })
const LINKS_MAX = 2
const metadataSchema = z.object({
  url: z.url(),
  mime_type: z.string(),
  sha256: z.string(),
  file_size: z.coerce.number().nonnegative(),
})
const errorSchema = z.object({ error: z.object({ code: z.number(), error_subcode: z.number().optional() }) })

type Link = { url: URL; size: number; sha256: string; mimeType: string }

/** https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media */
export function createMediaApi({ baseUrl, phoneNumberId, accessToken, hosts }: Options): MediaApi {
  const base = baseUrl.replace(/\/$/, '')
  const headers = { authorization: `Bearer ${accessToken}`, 'user-agent': 'waybill' }

  async function findLink({ mediaId, bytesMax }: MediaRequest, signal: AbortSignal): Promise<Link> {
    const path = `/${encodeURIComponent(mediaId)}?phone_number_id=${phoneNumberId}`
    const response = await fetchMetadata(`${base}${path}`, { headers, signal })
    const answer = parseJson(await response.text())
    if (!response.ok) throw failureOf(response.status, answer)
    const { url, file_size: size, sha256, mime_type: mimeType } = metadataSchema.parse(answer)
    if (size > bytesMax) throw new MediaError('too-large', 'a medium is too large')
    return { url: new URL(url), size, sha256, mimeType }
  }

  /** The token goes nowhere but to hosts that are on the list; a redirect is not followed. */
  async function read({ url }: Link, bytesMax: number, signal: AbortSignal): Promise<Buffer | undefined> {
    hosts.check(url)
    const response = await get(url, { headers, lookup: hosts.lookup, signal })
    const { statusCode: status = 0 } = response
    if (status === 200) return readAtMost(response, bytesMax)
    response.destroy()
    if (status === 404 || status === 410) return undefined
    throw new Error(`a medium's host answered ${status}`)
  }

  return {
    async download(request, signal) {
      // A link that has run out in between is asked for once more.
      for (let attempt = 1; attempt <= LINKS_MAX; attempt++) {
        const link = await findLink(request, signal)
        const bytes = await read(link, request.bytesMax, signal)
        if (bytes) return await checked(bytes, link, request)
      }
      throw new MediaError('gone', 'the link of a medium leads nowhere')
    },
  }
}

async function checked(bytes: Buffer, link: Link, request: MediaRequest): Promise<Medium> {
  const digest = createHash('sha256').update(bytes).digest()
  const claims = [link.sha256, request.sha256].flatMap((it) => sha256Bytes(it) ?? [])
  if (claims.length === 0 || !claims.every((claim) => digest.equals(claim))) {
    throw new MediaError('damaged', 'a medium is not what WhatsApp has hashed')
  }
  const found = await fileTypeFromBuffer(bytes)
  const contentType = essenceOf(found?.mime ?? '')
  const isAllowed = found && request.contentTypes.includes(contentType)
  // What it says it is and what it begins like have to be of one family: image, audio, application.
  if (!isAllowed || familyOf(contentType) !== familyOf(link.mimeType)) {
    throw new MediaError('wrong-type', 'a medium is of a type that is not taken')
  }
  return { bytes, contentType, extension: found.ext, sha256: digest.toString('hex') }
}

/** Unknown ids are 400 with code 100 in the Graph API. */
function failureOf(status: number, answer: unknown): Error {
  const code = errorSchema.safeParse(answer).data?.error.code
  if (status === 404 || (status === 400 && (code === 100 || code === 131052))) {
    return new MediaError('gone', 'WhatsApp does not have a medium any more')
  }
  return new Error(`WhatsApp answered ${status} when it was asked for a medium`)
}

type GetOptions = {
  headers: Record<string, string>
  lookup: MediaHosts['lookup']
  signal: AbortSignal
}

// fetch has no way to pin the address that a name was resolved to.
function get(url: URL, options: GetOptions): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    request(url, options, resolve).on('error', reject).end()
  })
}

async function readAtMost(chunks: AsyncIterable<Uint8Array>, bytesMax: number) {
  const read: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.byteLength
    if (bytes > bytesMax) throw new MediaError('too-large', 'a medium is too large')
    read.push(chunk)
  }
  return Buffer.concat(read)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const essenceOf = (mimeType: string) => mimeType.split(';')[0]?.trim().toLowerCase() ?? ''
const familyOf = (mimeType: string) => essenceOf(mimeType).split('/')[0]
