import { createHash } from 'node:crypto'
import { conversationReady, outboundReady, webhookReceived } from '@waybill/contracts'
import { type Consequence, isRefusedData, type Pool, recordWebhooks } from '@waybill/database'
import type { Messaging, RawDelivery } from '@waybill/messaging'
import type { Logger } from 'pino'
import type { Metrics } from './metrics.ts'
import { type Delivered, type Recorded, readWebhook } from './read-webhook.ts'

type Deps = {
  pool: Pool
  messaging: Pick<Messaging, 'publish' | 'deadLetter'>
  log: Logger
  metrics: Metrics
  phoneNumberId: string
}
type Read = { delivered: Delivered; recorded: Recorded }

// Keeps a transaction short when webhooks carry a thousand updates each.
const ELEMENTS_MAX = 1_000

/**
 * Records a batch of webhooks, then wakes whom it concerns. Safe to run again from the start, which is what
 * the consumer does after any error: rows are keyed by wamid, and a hint too many finds nothing to do.
 */
export function recordBatch({ pool, messaging, log, metrics, phoneNumberId }: Deps) {
  return async (batch: readonly RawDelivery[]): Promise<void> => {
    const stopTimer = metrics.batchSeconds.startTimer()
    const reads = batch.flatMap((delivered) =>
      readWebhook(delivered, phoneNumberId).map((recorded): Read => ({ delivered, recorded })),
    )
    await setMalformedAside(reads)
    for (let start = 0; start < reads.length; start += ELEMENTS_MAX) {
      await follow(await record(reads.slice(start, start + ELEMENTS_MAX)))
    }
    for (const { recorded } of reads) metrics.elements.inc({ kind: kindOf(recorded) })
    stopTimer()
  }

  /** A row that PostgreSQL refuses is found by halving, and costs none of its neighbours. */
  async function record(reads: readonly Read[]): Promise<Consequence[]> {
    try {
      return await recordWebhooks(pool, {
        messages: reads.flatMap(({ recorded }) => (recorded.kind === 'message' ? [recorded.row] : [])),
        receipts: reads.flatMap(({ recorded }) => (recorded.kind === 'receipt' ? [recorded.row] : [])),
        events: reads.flatMap(({ recorded }) => (recorded.kind === 'event' ? [recorded.row] : [])),
      })
    } catch (error) {
      if (!isRefusedData(error)) throw error
      const [first, ...rest] = reads.filter(({ recorded }) => recorded.kind !== 'malformed')
      if (!first) return []
      if (rest.length === 0) {
        await setAside(first.delivered, `refused by the database: ${error.message}`)
        return []
      }
      const half = Math.ceil((rest.length + 1) / 2)
      const all = [first, ...rest]
      return [...(await record(all.slice(0, half))), ...(await record(all.slice(half)))]
    }
  }

  async function setMalformedAside(reads: readonly Read[]): Promise<void> {
    const reasons = new Map<Delivered, string[]>()
    for (const { delivered, recorded } of reads) {
      if (recorded.kind === 'malformed')
        reasons.set(delivered, [...(reasons.get(delivered) ?? []), recorded.reason])
    }
    for (const [delivered, found] of reasons) await setAside(delivered, found.join('; '))
  }

  async function follow(consequences: readonly Consequence[]): Promise<void> {
    await Promise.all(
      consequences.map(async ({ kind, conversationId }) => {
        if (kind === 'inbound') return messaging.publish(conversationReady, { conversationId })
        if (kind === 'outbound') return messaging.publish(outboundReady, { conversationId })
        metrics.visibleDuplicates.inc()
        log.error({ conversationId }, 'a driver has the same reply twice')
      }),
    )
  }

  /** The whole webhook, which can be replayed: what was recorded of it is not recorded twice. */
  async function setAside({ body, headers }: Delivered, reason: string): Promise<void> {
    log.warn({ reason }, 'a part of a webhook was set aside')
    // The same webhook, delivered again, is the same dead letter.
    const messageId = createHash('sha256').update(body).digest('hex')
    await messaging.deadLetter(webhookReceived, body, reason, { headers, messageId })
  }
}

function kindOf(recorded: Recorded): string {
  return recorded.kind === 'event' && recorded.row.reason === 'foreign number' ? 'foreign' : recorded.kind
}
