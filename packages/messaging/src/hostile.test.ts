import { expect, it } from '@jest/globals'
import * as contracts from '@waybill/contracts'
import { hostile, outcomeOf } from '@waybill/test-kit/hostile'
import type { ConsumeMessage } from 'amqplib'
import fc from 'fast-check'
import { payloadOf, propertiesOf } from './delivery.ts'
import { PermanentError } from './errors.ts'
import { attemptOf, deadLetterHeaders, deathOf, headersInLife, retryHeaders } from './message-headers.ts'

const names = [
  'waybill-attempt',
  'waybill-first-failed-at',
  'waybill-reason',
  'waybill-error',
  'waybill-attempts',
  'waybill-died-at',
]
const headers = fc.record(Object.fromEntries(names.map((name) => [name, hostile.json])), { requiredKeys: [] })

it('S32: whatever headers a letter has, its death is one that can be stored', () => {
  fc.assert(
    fc.property(headers, hostile.text, (of, error) => {
      const again = deadLetterHeaders(retryHeaders(of, attemptOf(of)), {
        reason: 'permanent',
        error,
        attempts: attemptOf(of),
      })
      for (const death of [deathOf(of), deathOf(again)]) {
        expect(death.attempts).toBeGreaterThanOrEqual(1)
        expect(Number.isSafeInteger(death.attempts)).toBe(true)
        for (const date of [death.firstFailedAt, death.diedAt]) expect(date.toISOString()).toMatch(/^\d{4}-/)
      }
      expect(Object.keys(headersInLife(again)).filter((name) => names.includes(name))).toEqual([])
    }),
  )
})

const QUEUES = [
  contracts.conversationReady,
  contracts.checkInDue,
  contracts.orderEventReceived,
  contracts.turnStarted,
]
const SAMPLE = {
  ...{ conversationId: '1:2', driverId: 'driver-johan', date: '2026-11-23', wamid: 'wamid.1', noticeId: 'x' },
  ...{
    id: 'evt-1',
    type: 'alert',
    driver_id: 'driver-johan',
    occurred_at: '2026-11-23T10:00:00Z',
    text: { en: 'Ice' },
  },
}

it('S6: whatever is in a queue is what its contract says, or dead at once', () => {
  const bodies = fc.oneof(
    hostile.variantOf(SAMPLE).map((it) => JSON.stringify(it) ?? ''),
    hostile.text,
  )
  fc.assert(
    fc.property(fc.constantFrom(...QUEUES), bodies, headers, hostile.json, (contract, body, named, value) => {
      const message = messageOf(Buffer.from(body), { ...named, traceparent: value }, value)
      const { error = new PermanentError('none') } = outcomeOf(() => payloadOf(contract, message))
      expect(error).toBeInstanceOf(PermanentError)
      const { messageId = '', correlationId = '', traceparent = '' } = propertiesOf(message)
      expect([messageId, correlationId, traceparent].every((it) => typeof it === 'string')).toBe(true)
    }),
  )
})

/** As amqplib hands it over, with the same for everything that a publisher may say. */
function messageOf(content: Buffer, headers: Record<string, unknown>, said: unknown): ConsumeMessage {
  const ids = { messageId: said, correlationId: said, replyTo: said, type: said, userId: said, appId: said }
  return {
    content,
    fields: { consumerTag: 'c', deliveryTag: 1, redelivered: false, exchange: 'waybill', routingKey: 'x' },
    properties: {
      ...{ headers, ...ids, contentType: said, contentEncoding: said, deliveryMode: said, priority: said },
      ...{ expiration: said, timestamp: said, clusterId: said },
    },
  }
}
