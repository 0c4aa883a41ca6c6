import { createHmac } from 'node:crypto'
import http from 'node:http'
import https from 'node:https'
import type { Logger } from 'pino'

export type DeliveryPolicy = {
  /** Webhooks posted at the same time. */
  concurrency: number
  timeoutMs: number
  retryMsMin: number
  retryMsMax: number
  attemptsMax: number
}

export const DEFAULT_DELIVERY_POLICY: DeliveryPolicy = {
  concurrency: 64,
  timeoutMs: 10_000,
  retryMsMin: 250,
  retryMsMax: 30_000,
  attemptsMax: 60,
}

const QUEUE_MAX = 200_000
const NO_COUNTS = { sent: 0, attempts: 0, acked: 0, retried: 0, givenUp: 0, dropped: 0 }

type Job = { body: Uint8Array; attempt: number; round: number; onAcked: (() => void) | undefined }
export type WebhookDelivery = ReturnType<typeof createWebhookDelivery>

/**
 * Posts signed webhooks as Meta does: at once and side by side, in no guaranteed order, again with a growing
 * delay while the answer is not a 200. It starts smaller than Meta's, so that a test needs no patience.
 */
export function createWebhookDelivery(options: { url: string; appSecret: string; log: Logger }) {
  const { url, appSecret, log } = options
  const agent = url.startsWith('https:')
    ? new https.Agent({ keepAlive: true })
    : new http.Agent({ keepAlive: true })
  const timers = new Set<NodeJS.Timeout>()
  let policy = DEFAULT_DELIVERY_POLICY
  let counts = { ...NO_COUNTS }
  let queue: Job[] = []
  let inFlight = 0
  let round = 0 // a reset starts a new one: what is still in flight belongs to the old

  function enqueue(job: Job) {
    if (queue.length >= QUEUE_MAX) {
      counts.dropped++
      return
    }
    queue.push(job)
    pump()
  }

  function pump() {
    while (inFlight < policy.concurrency) {
      const job = queue.shift()
      if (!job) return
      inFlight++
      void attempt(job).finally(() => {
        inFlight--
        pump()
      })
    }
  }

  async function attempt(job: Job) {
    counts.attempts++
    const answer = await post({ url, agent, body: job.body, appSecret, timeoutMs: policy.timeoutMs })
    if (job.round !== round) return
    if (answer === 200) {
      counts.acked++
      job.onAcked?.()
    } else if (job.attempt >= policy.attemptsMax) {
      counts.givenUp++
      log.warn({ answer, attempts: job.attempt }, 'a webhook was given up')
    } else {
      counts.retried++
      retryLater(job)
    }
  }

  function retryLater(job: Job) {
    const ceilingMs = Math.min(policy.retryMsMin * 2 ** (job.attempt - 1), policy.retryMsMax)
    const delayMs = ceilingMs / 2 + (Math.random() * ceilingMs) / 2
    const timer = setTimeout(() => {
      timers.delete(timer)
      enqueue({ ...job, attempt: job.attempt + 1 })
    }, delayMs)
    timers.add(timer)
  }

  function clear() {
    for (const timer of timers) clearTimeout(timer)
    timers.clear()
    queue = []
    round++
  }

  return {
    /** `copies` posts the same bytes that often, side by side, as Meta's retries may. */
    deliver(body: Uint8Array, { copies = 1, onAcked }: { copies?: number; onAcked?: () => void } = {}) {
      for (let copy = 0; copy < copies; copy++) {
        counts.sent++
        enqueue({ body, attempt: 1, round, onAcked })
      }
    },
    /** One attempt, whose outcome is the caller's: the HTTP status, or why there was none. */
    postOnce: (body: Uint8Array): Promise<number | string> =>
      post({ url, agent, body, appSecret, timeoutMs: policy.timeoutMs }),
    stats: () => ({ ...counts, inFlight, queued: queue.length, waitingForRetry: timers.size }),
    get policy() {
      return policy
    },
    set policy(next: DeliveryPolicy) {
      policy = next
    },
    reset() {
      clear()
      counts = { ...NO_COUNTS }
      policy = DEFAULT_DELIVERY_POLICY
    },
    [Symbol.dispose]() {
      clear()
      agent.destroy()
    },
  }
}

type Post = {
  url: string
  agent: http.Agent | https.Agent
  body: Uint8Array
  appSecret: string
  timeoutMs: number
}

/** Never rejects. */
function post({ url, agent, body, appSecret, timeoutMs }: Post): Promise<number | string> {
  const { request } = url.startsWith('https:') ? https : http
  const headers = {
    'content-type': 'application/json',
    'content-length': body.byteLength,
    'user-agent': 'facebookexternalua',
    'x-hub-signature-256': `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`,
  }
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeoutMs)
    const outgoing = request(url, { method: 'POST', agent, headers, signal }, (answer) => {
      answer.resume() // the socket is reused once the answer is read
      answer.once('end', () => resolve(answer.statusCode ?? 0))
      answer.once('error', (error) => resolve(error.message))
      answer.once('close', () => resolve('closed before the answer ended'))
    })
    outgoing.once('error', (error) => resolve(signal.aborted ? 'no answer in time' : error.message))
    outgoing.end(body)
  })
}
