/** WhatsApp writes SHA-256 as base64 in most places and as hex in some. `undefined` for anything else. */
export function sha256Bytes(text: string | undefined): Buffer | undefined {
  if (text === undefined) return undefined
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex')
  return /^[\w+/-]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : undefined
}
