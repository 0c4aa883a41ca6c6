import { createHash } from 'node:crypto'
import { QUEUES, type QueueContract } from '@waybill/contracts'
import { type NewDeadLetter, type Pool, recordDeadLetters } from '@waybill/database'
import { deathOf, headersInLife, type Messaging, type RawDelivery } from '@waybill/messaging'

type Deps = { pool: Pool; messaging: Pick<Messaging, 'consumeDeadLetters'> }

// A webhook may have 3 MB, and twice as many as this are in hand.
const BATCH = { batchMax: 5, waitMs: 50 }

/** Brings what was set aside into PostgreSQL, where it can be seen, replayed and dropped. Acknowledged when it is there. */
export async function collectDeadLetters({ pool, messaging }: Deps): Promise<void> {
  await Promise.all(
    QUEUES.map((contract) =>
      messaging.consumeDeadLetters(contract, BATCH, (batch) => recordDelivered(pool, contract, batch)),
    ),
  )
}

/** Throws for no letter whatever: one that could not be kept would hold up all that died after it. */
export function recordDelivered(
  pool: Pool,
  contract: QueueContract,
  batch: readonly RawDelivery[],
): Promise<void> {
  return recordDeadLetters(
    pool,
    batch.map((delivery) => letterOf(contract, delivery)),
  )
}

function letterOf({ queue }: QueueContract, delivery: RawDelivery): NewDeadLetter {
  const { body, headers, messageId, correlationId, traceparent } = delivery
  return {
    ...deathOf(headers),
    ...{ queue, body, correlationId, traceparent },
    messageId: messageId ?? createHash('sha256').update(body).digest('hex'),
    headers: headersInLife(headers),
  }
}
