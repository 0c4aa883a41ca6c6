import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from '@jest/globals'
import { createPool } from '@waybill/database'
import { freshDatabase } from '@waybill/test-kit'
import { hostile } from '@waybill/test-kit/hostile'
import fc from 'fast-check'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { createMetrics } from '../src/metrics.ts'
import { recordBatch } from '../src/record-batch.ts'

const folder = new URL('../../../packages/whatsapp/fixtures/webhooks/', import.meta.url)
const published = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.json'))
  .map((file): unknown => JSON.parse(readFileSync(new URL(file, folder), 'utf8')))
const log = pino({ level: 'silent' })

it('S6: whatever a webhook holds and whatever it comes with is recorded or set aside, and holds nobody up', async () => {
  await using database = await freshDatabase()
  const registry = new Registry()
  const options = { url: database.url, name: 'test', connectionsMax: 2, registry, log }
  await using opened = new AsyncDisposableStack()
  const pool = opened.adopt(createPool(options), (it) => it.end())
  const refused: string[] = []
  const record = recordBatch({
    ...{ pool, log, metrics: createMetrics(registry), phoneNumberId: '106540352242922', hotDays: 100_000 },
    messaging: {
      publish: async () => {},
      async deadLetter(_contract, _body, reason) {
        if (reason.includes('invalid') || reason.includes('unsupported')) refused.push(reason)
      },
    },
  })
  const bodies = fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .constantFrom(...published)
        .chain(hostile.variantOf)
        .map((it) => JSON.stringify(it) ?? ''),
    },
    { weight: 1, arbitrary: hostile.text },
  )
  const delivery = fc.record({
    body: bodies.map((it) => Buffer.from(it)),
    headers: hostile
      .variantOf({ receivedAtUs: 1_763_900_000_000_000, ingressId: 'ingress-1' })
      .map((it) => ({ ...Object(it) })),
    isRedelivered: fc.boolean(),
    messageId: fc.option(hostile.text, { nil: undefined }),
    correlationId: fc.option(hostile.text, { nil: undefined }),
    traceparent: fc.option(hostile.text, { nil: undefined }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(delivery, { minLength: 1, maxLength: 5 }), (batch) => record(batch)),
  )
  // What can be put right is put right before PostgreSQL sees it: it refuses sizes, and no signs.
  expect(refused).toEqual([])
}, 60_000)
