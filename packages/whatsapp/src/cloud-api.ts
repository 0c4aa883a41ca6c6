import { fetchAtMost } from '@waybill/resilience'
import type { OutboundMessage } from './outbound-message.ts'
import { outcomeFor, outcomeOfNetworkError, type SendOutcome } from './send-outcome.ts'

type Options = {
  /** With the version: `https://graph.facebook.com/v24.0`. */
  baseUrl: string
  phoneNumberId: string
  accessToken: string
}
export type Recipient = { waId: string } | { userId: string }
type SendRequest = {
  to: Recipient
  message: OutboundMessage
  /** Comes back in the receipts: how an attempt without an answer is found again. */
  callbackData: string
  /** The wamid that the phone shows as quoted. */
  replyTo?: string
}

export type CloudApi = {
  /** Never throws: what happened is the outcome. It waits for 30 s at most. */
  send(request: SendRequest, signal: AbortSignal): Promise<SendOutcome>
  /** Marks a message and all before it as read; "typing…" lasts until the reply, or 25 s. Throws on failure. */
  markRead(of: { wamid: string; showTyping: boolean }, signal: AbortSignal): Promise<void>
}

const fetchAnswer = fetchAtMost(64 * 1024, { name: 'whatsapp' })
const ANSWER_MS_MAX = 30_000

export function createCloudApi({ baseUrl, phoneNumberId, accessToken }: Options): CloudApi {
  const url = `${baseUrl.replace(/\/$/, '')}/${phoneNumberId}/messages`

  async function post(body: unknown, signal: AbortSignal): Promise<{ response: Response; answer: unknown }> {
    const response = await fetchAnswer(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]),
    })
    return { response, answer: parseJson(await response.text()) }
  }

  return {
    async send(request, signal) {
      try {
        const { response, answer } = await post(graphRequest(request), signal)
        return outcomeFor(response.status, answer, retryAfterSeconds(response.headers))
      } catch (error) {
        return outcomeOfNetworkError(error)
      }
    },
    async markRead({ wamid, showTyping }, signal) {
      const { response } = await post(
        {
          messaging_product: 'whatsapp',
          status: 'read',
          message_id: wamid,
          ...(showTyping ? { typing_indicator: { type: 'text' } } : {}),
        },
        signal,
      )
      if (!response.ok) throw new Error(`WhatsApp answered ${response.status}`)
    },
  }
}

/** The request as Meta documents it. */
export function graphRequest({ to, message, callbackData, replyTo }: SendRequest) {
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    ...('waId' in to ? { to: to.waId } : { recipient: to.userId }),
    ...(replyTo ? { context: { message_id: replyTo } } : {}),
    biz_opaque_callback_data: callbackData,
    ...message,
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function retryAfterSeconds(headers: Headers): number | undefined {
  const value = headers.get('retry-after')
  return value !== null && /^[1-9]\d{0,4}$/.test(value) ? Number(value) : undefined
}
