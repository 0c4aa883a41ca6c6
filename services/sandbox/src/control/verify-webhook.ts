import { randomBytes } from 'node:crypto'
import type { WorldOptions } from '../world.ts'

const TIMEOUT_MS = 10_000

/** The handshake with which Meta checks a webhook's address before it uses it. */
export async function verifyWebhook({ webhookUrl, verifyToken }: WorldOptions) {
  const challenge = String(randomBytes(4).readUInt32BE())
  const url = new URL(webhookUrl)
  url.searchParams.set('hub.mode', 'subscribe')
  url.searchParams.set('hub.challenge', challenge)
  url.searchParams.set('hub.verify_token', verifyToken)
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    const body = await answer.text()
    return { isVerified: answer.status === 200 && body === challenge, status: answer.status }
  } catch (error) {
    return { isVerified: false, status: null, reason: error instanceof Error ? error.message : String(error) }
  }
}
