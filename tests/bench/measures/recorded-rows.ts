import { conversationReady, webhookReceived } from '@waybill/contracts'
import { eventually, freshDatabase } from '@waybill/test-kit'
import pg from 'pg'
import { alternate } from '../alternate.ts'
import { benchStack } from '../bench-stack.ts'
import type { Measure } from '../measure.ts'
import { median } from '../percentiles.ts'
import { cpuMsOf } from '../process-usage.ts'
import { type Written, wamidOf, webhookOf } from '../webhooks.ts'

const WEBHOOKS = 16_000
const CONVERSATIONS = 1_000
/** What intake records in one transaction, INTAKE_BATCH_WEBHOOKS. */
const BATCH_WEBHOOKS = 200
const ROUNDS = 3
const RATIO_MIN = 0.7

/** How many messages intake gets from the queue into their rows. */
export const recordedRows: Measure = {
  id: 'B3',
  title: 'rows that intake records',
  async run({ share }) {
    await using system = await benchStack({})
    await using empty = await freshDatabase()
    await using opened = new AsyncDisposableStack()
    const bare = opened.adopt(new pg.Pool({ connectionString: empty.url, max: 1 }), (it) => it.end())
    const count = Math.ceil(WEBHOOKS * share)
    const rows = webhooksOf(count, '').flat()
    const { phoneNumberId } = system.number
    await bare.query(
      `INSERT INTO conversations (id, phone_number_id) SELECT DISTINCT $1 || ':' || phone, $1 FROM unnest($2::text[]) phone`,
      [phoneNumberId, rows.map(({ phone }) => phone)],
    )
    let round = 0
    let cpuMs = 0

    const seen = await alternate(Math.ceil(ROUNDS * share), {
      async recorded() {
        round += 1
        const prefix = `intake-${round}`
        const webhooks = webhooksOf(count, prefix)
        const filling = webhooks.map((messages, index) => ({
          body: webhookOf(system.number, messages),
          headers: { receivedAtUs: Date.now() * 1_000 + index, ingressId: 'bench' },
        }))
        await system.broker.fill(webhookReceived, filling)
        const intake = await system.stack.startInstance('intake')
        // They are recorded in order. To count them all the time would take more than to record them.
        const last = webhooks.at(-1)?.at(-1)?.wamid
        const isDone = async () =>
          (await system.pool.query('SELECT FROM inbound WHERE wamid = $1', [last])).rowCount
        await eventually(isDone, { what: 'everything to be recorded', timeoutMs: 120_000 })
        cpuMs += cpuMsOf(intake.pid)
        await intake.remove()
        await system.broker.purge(conversationReady)
        return rateOf(system.pool, prefix)
      },
      async inserted() {
        const prefix = `bare-${round}`
        for (const batch of batchesOf(phoneNumberId, webhooksOf(count, prefix)))
          await bare.query({ name: 'insert', text: INSERT, values: [batch] })
        return rateOf(bare, prefix)
      },
    })
    const [value, ceiling] = [median(seen('recorded')), median(seen('inserted'))]
    return [
      {
        ...{ id: 'B3', measure: 'messages recorded, one intake', value, unit: '/s' },
        ceiling: { what: 'bare INSERT … SELECT of the same rows', value: ceiling },
        ...{ ratio: value / ceiling, target: `≥ ${RATIO_MIN}`, met: value / ceiling >= RATIO_MIN },
        notes: [
          'from the queue to the row, with its conversation, its lane and a confirmed hint for each conversation; the ceiling has one table, and rows that are JSON already',
          `${(cpuMs / (rows.length * round)).toFixed(3)} ms of CPU per message in the intake, with its start`,
        ],
      },
    ]
  },
}

const INSERT = `INSERT INTO inbound (wamid, conversation_id, kind, body, sent_at, received_us, position)
  SELECT wamid, conversation_id, kind, body, sent_at, received_us, position FROM jsonb_to_recordset($1)
  AS m (wamid text, conversation_id text, kind text, body jsonb, sent_at timestamptz, received_us bigint, position int)`

type Webhook = [Written, ...Written[]]

/** Every fourth tells of three messages, the others of one. */
function webhooksOf(count: number, prefix: string): Webhook[] {
  return Array.from({ length: count }, (_, index): Webhook => {
    const phone = String(12_025_000_000 + (index % CONVERSATIONS))
    const message = (position: number) => ({
      ...{ phone, wamid: wamidOf(prefix, 3 * index + position) },
      text: 'What are my orders today?',
    })
    return index % 4 === 0 ? [message(0), message(1), message(2)] : [message(0)]
  })
}

/** As many rows in a statement as intake records in a transaction. */
function batchesOf(phoneNumberId: string, webhooks: readonly Webhook[]): string[] {
  const batches: string[] = []
  for (let start = 0; start < webhooks.length; start += BATCH_WEBHOOKS) {
    const rows = webhooks.slice(start, start + BATCH_WEBHOOKS).flatMap((messages, index) =>
      messages.map(({ phone, wamid, text }, position) => ({
        ...{ wamid, conversation_id: `${phoneNumberId}:${phone}`, kind: 'text', position },
        body: { from: phone, id: wamid, timestamp: '1797000000', type: 'text', text: { body: text } },
        ...{ sent_at: new Date().toISOString(), received_us: Date.now() * 1_000 + index },
      })),
    )
    batches.push(JSON.stringify(rows))
  }
  return batches
}

/** By PostgreSQL's clock, from the first transaction to the last. */
async function rateOf(pool: pg.Pool, prefix: string): Promise<number> {
  const { rows } = await pool.query<{ rate: number }>(
    `WITH mine AS (SELECT recorded_at FROM inbound WHERE wamid LIKE $1),
       batch AS (SELECT recorded_at, count(*) AS messages FROM mine GROUP BY 1)
     SELECT ((sum(messages) - (SELECT messages FROM batch ORDER BY recorded_at LIMIT 1))
       / extract(epoch FROM max(recorded_at) - min(recorded_at)))::float AS rate FROM batch`,
    [`wamid.${prefix}.%`],
  )
  return rows[0]?.rate ?? 0
}
