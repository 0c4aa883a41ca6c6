import { createHmac, timingSafeEqual } from 'node:crypto'

type Header = string | string[] | undefined
type Headers = { id: Header; timestamp: Header; signature: Header }

const TOLERANCE_MS = 5 * 60_000
const SIGNATURES_MAX = 5

/**
 * Standard Webhooks (https://www.standardwebhooks.com): HMAC-SHA256 in base64 over `id.timestamp.body`, in
 * `webhook-signature` as `v1,…`, several by space while a secret is rotated. Older than five minutes is no longer taken.
 */
export function isSignedEvent(
  body: Uint8Array,
  headers: Headers,
  secrets: readonly string[],
  now: number,
): boolean {
  const { id, timestamp, signature } = headers
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signature !== 'string') return false
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now - Number(timestamp) * 1_000) > TOLERANCE_MS) return false
  const given = signature
    .split(' ')
    .slice(0, SIGNATURES_MAX)
    .flatMap((it) => (it.startsWith('v1,') ? [Buffer.from(it.slice(3), 'base64')] : []))
  return secrets.some((secret) => {
    const expected = createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest()
    return given.some((it) => it.byteLength === expected.byteLength && timingSafeEqual(it, expected))
  })
}
