import { createHash } from 'node:crypto'
import { conversationReady, outboundReady, webhookReceived } from '@waybill/contracts'
import { auditTooOld, type Consequence, isRefusedData, type Pool, recordWebhooks } from '@waybill/database'
import type { Messaging, RawDelivery } from '@waybill/messaging'
import { continueFrom } from '@waybill/tracing'
import type { Logger } from 'pino'
import type { Metrics } from './metrics.ts'
import { type Recorded, readWebhook } from './read-webhook.ts'
import { refuseOld } from './refuse-old.ts'

type Deps = {
  pool: Pool
  messaging: Pick<Messaging, 'publish' | 'deadLetter'>
  log: Logger
  metrics: Metrics
  phoneNumberId: string
  /** How long rows stay where a message that comes again finds its own. */
  hotDays: number
}
type Read = { delivered: RawDelivery; recorded: Recorded }
/** Why a part of a webhook could not be recorded. */
type Refusal = { delivered: RawDelivery; reason: string }

// Keeps a transaction short when webhooks carry a thousand updates each.
const ELEMENTS_MAX = 1_000
const REASON_LENGTH_MAX = 500
const DAY_MS = 86_400_000
/** https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components#statuses-object */
const RECEIPT_STATUSES = ['sent', 'delivered', 'read', 'failed', 'played', 'deleted']

/**
 * Records a batch of webhooks, then wakes whom it concerns. Safe to run again from the start, which is what
 * the consumer does after any error: rows are keyed by wamid, and a hint too many finds nothing to do.
 */
export function recordBatch({ pool, messaging, log, metrics, phoneNumberId, hotDays }: Deps) {
  return async (batch: readonly RawDelivery[]): Promise<void> => {
    const stopTimer = metrics.batchSeconds.startTimer()
    const beforeMs = Date.now() - hotDays * DAY_MS
    const reads = batch.flatMap((delivered) =>
      readWebhook(delivered, phoneNumberId).map(
        (recorded): Read => ({ delivered, recorded: refuseOld(recorded, beforeMs) }),
      ),
    )
    const refusals = reads.flatMap(({ delivered, recorded }): Refusal[] =>
      recorded.kind === 'malformed' ? [{ delivered, reason: recorded.reason }] : [],
    )
    for (let start = 0; start < reads.length; start += ELEMENTS_MAX) {
      await follow(await record(reads.slice(start, start + ELEMENTS_MAX), refusals))
    }
    const old = reads.flatMap(({ recorded }) => (recorded.kind === 'old' ? [recorded.sentAt] : []))
    if (old.length > 0) await auditTooOld(pool, old)
    // Last: a batch that is held because PostgreSQL is away comes here once.
    await setAside(refusals)
    for (const { recorded } of reads) count(recorded)
    stopTimer()
  }

  function count(recorded: Recorded): void {
    metrics.elements.inc({ kind: kindOf(recorded) })
    if (recorded.kind === 'receipt') metrics.receipts.inc({ status: receiptStatusOf(recorded.row.status) })
    if (recorded.kind !== 'message') return
    const recordedAfterMs = Date.now() - recorded.row.received_us / 1_000
    metrics.recordedAfterSeconds.observe(Math.max(0, recordedAfterMs) / 1_000)
  }

  /** A row that PostgreSQL refuses is found by halving, and costs none of its neighbours. */
  async function record(reads: readonly Read[], refusals: Refusal[]): Promise<Consequence[]> {
    try {
      return await recordWebhooks(pool, {
        messages: reads.flatMap(({ recorded }) => (recorded.kind === 'message' ? [recorded.row] : [])),
        receipts: reads.flatMap(({ recorded }) => (recorded.kind === 'receipt' ? [recorded.row] : [])),
        events: reads.flatMap(({ recorded }) => (recorded.kind === 'event' ? [recorded.row] : [])),
      })
    } catch (error) {
      if (!isRefusedData(error)) throw error
      const [first, ...rest] = reads.filter(
        ({ recorded }) => recorded.kind !== 'malformed' && recorded.kind !== 'old',
      )
      if (!first) return []
      if (rest.length === 0) {
        refusals.push({
          delivered: first.delivered,
          reason: `refused by the database: ${error.message}`,
        })
        return []
      }
      const half = Math.ceil((rest.length + 1) / 2)
      const all = [first, ...rest]
      return [...(await record(all.slice(0, half), refusals)), ...(await record(all.slice(half), refusals))]
    }
  }

  async function follow(consequences: readonly Consequence[]): Promise<void> {
    await Promise.all(
      consequences.map(async ({ kind, conversationId, ...origin }) => {
        if (kind === 'inbound')
          return continueFrom(origin, () => messaging.publish(conversationReady, { conversationId }))
        if (kind === 'outbound') return messaging.publish(outboundReady, { conversationId })
        metrics.visibleDuplicates.inc()
        log.error({ conversationId }, 'a driver has the same reply twice')
      }),
    )
  }

  /** The whole webhook, once, which can be replayed: what was recorded of it is not recorded twice. */
  async function setAside(refusals: readonly Refusal[]): Promise<void> {
    for (const [{ body, headers, traceparent, correlationId }, ofOne] of Map.groupBy(
      refusals,
      (it) => it.delivered,
    )) {
      const reason = [...new Set(ofOne.map((it) => it.reason))].join('; ').slice(0, REASON_LENGTH_MAX)
      log.warn({ reason, elements: ofOne.length, correlationId }, 'a part of a webhook was set aside')
      // The same webhook, delivered again, is the same dead letter.
      const messageId = createHash('sha256').update(body).digest('hex')
      await messaging.deadLetter(webhookReceived, body, reason, {
        ...{ headers, messageId, traceparent, correlationId },
      })
    }
  }
}

function kindOf(recorded: Recorded): string {
  return recorded.kind === 'event' && recorded.row.reason === 'foreign number' ? 'foreign' : recorded.kind
}

/** WhatsApp may think of more, and a metric has few labels. */
function receiptStatusOf(status: string): string {
  return RECEIPT_STATUSES.includes(status) ? status : 'other'
}
