import { createHmac, timingSafeEqual } from 'node:crypto'

const FORM = /^sha256=[0-9a-f]{64}$/

/** `X-Hub-Signature-256` of a body: HMAC-SHA256 over its bytes as they are on the wire. */
export function signatureOf(body: Uint8Array, appSecret: string): string {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`
}

/** Several secrets while one is being rotated. Takes the same time whichever byte differs. */
export function isSigned(body: Uint8Array, header: unknown, appSecrets: readonly string[]): boolean {
  if (typeof header !== 'string' || !FORM.test(header)) return false
  const given = Buffer.from(header)
  return appSecrets.some((secret) => timingSafeEqual(given, Buffer.from(signatureOf(body, secret))))
}
