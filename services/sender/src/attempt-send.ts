import type { Send } from '@waybill/database'
import { createBreaker, UnavailableError } from '@waybill/resilience'
import { type CloudApi, outboundMessageSchema, type SendOutcome } from '@waybill/whatsapp'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { Metrics } from './metrics.ts'

type Deps = { cloudApi: Pick<CloudApi, 'send'>; registry: Registry; log: Logger; metrics: Metrics }
export type AttemptSend = (send: Send) => Promise<SendOutcome>

// An early timeout would create the doubt that it is there to end.
const SEND_MS_MAX = 30_000
const OPEN_DELAY_MS = 3_000

/** One call to WhatsApp, behind the breaker. Never throws: what is not known to have failed is `ambiguous`. */
export function attemptSend({ cloudApi, registry, log, metrics }: Deps): AttemptSend & Disposable {
  const breaker = createBreaker(
    {
      name: 'whatsapp-send',
      registry,
      log,
      timeoutMs: SEND_MS_MAX,
      errorThresholdPercentage: 60,
      volumeThreshold: 20,
    },
    async (signal: AbortSignal, send: Send): Promise<SendOutcome> => {
      const stopTimer = metrics.sendSeconds.startTimer()
      const outcome = await callWhatsApp(cloudApi, send, signal)
      stopTimer()
      if (isUpstreamTrouble(outcome)) throw new UpstreamTrouble(outcome)
      return outcome
    },
  )

  async function attempt(send: Send): Promise<SendOutcome> {
    metrics.forms.inc({ form: send.form })
    const outcome = await breaker.call(send).catch(outcomeOfError)
    metrics.sends.inc({ outcome: outcome.kind, code: 'code' in outcome ? (outcome.code ?? '') : '' })
    if (outcome.kind === 'accepted') observeAccepted(send)
    return outcome
  }

  function observeAccepted({ priority, createdAt, answers }: Send): void {
    const secondsSince = (at: number) => Math.max(0, Date.now() - at) / 1_000
    metrics.acceptedAfterSeconds.observe({ priority }, secondsSince(createdAt))
    if (!answers) return
    metrics.webhookToAcceptedSeconds.observe(secondsSince(answers.receivedAt))
    metrics.messageToAcceptedSeconds.observe(secondsSince(answers.sentAt))
  }
  return Object.assign(attempt, { [Symbol.dispose]: () => breaker[Symbol.dispose]() })
}

async function callWhatsApp(
  cloudApi: Deps['cloudApi'],
  send: Send,
  signal: AbortSignal,
): Promise<SendOutcome> {
  const message = outboundMessageSchema.safeParse(send.message)
  if (!message.success) return { kind: 'rejected', reason: 'not a message that WhatsApp takes' }
  const to = send.waId ? { waId: send.waId } : { userId: send.userId ?? '' }
  return cloudApi.send(
    { to, message: message.data, callbackData: send.id, ...(send.replyTo ? { replyTo: send.replyTo } : {}) },
    signal,
  )
}

class UpstreamTrouble extends Error {
  readonly outcome: SendOutcome

  constructor(outcome: SendOutcome) {
    super('WhatsApp is in trouble')
    this.outcome = outcome
  }
}

function isUpstreamTrouble(outcome: SendOutcome): boolean {
  return outcome.kind === 'ambiguous' || (outcome.kind === 'retry' && outcome.scope === 'message')
}

function outcomeOfError(error: unknown): SendOutcome {
  if (error instanceof UpstreamTrouble) return error.outcome
  if (error instanceof UnavailableError && error.reason !== 'timeout') {
    return { kind: 'retry', scope: 'message', reason: `breaker ${error.reason}`, delayMs: OPEN_DELAY_MS }
  }
  return { kind: 'ambiguous', reason: error instanceof Error ? error.message : 'unknown error' }
}
