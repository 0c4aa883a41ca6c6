import { createServer } from 'node:http'
import { expect, it } from '@jest/globals'
import { hostile, outcomeOf } from '@waybill/test-kit/hostile'
import { outboundMessageSchema } from '@waybill/whatsapp'
import fc from 'fast-check'
import { renderOrder } from '../replies/render-order.ts'
import { REPLIES } from '../replies/replies.ts'
import { EMPTY_SESSION } from '../session/session.ts'
import { confirmOutcomeOf, httpOrderSystem } from './http-order-system.ts'

const DAY = {
  driver_id: 'driver-johan',
  notes: 'Mind the ice',
  weather: { en: 'Snow' },
  orders: [
    {
      id: 12345,
      customer: { name: 'Tech Corp', phone: '+12125550101' },
      address: { line: '1 Main St', lat: 40.7, lng: -74, map_url: 'https://maps.example/1' },
      window: { start: '2026-11-23T09:00:00-05:00', end: '2026-11-23T11:00:00-05:00' },
      status: 'pending',
      sequence: 1,
      instructions: 'Ring twice',
      items: [{ name: 'Box', quantity: 2 }],
      notes: 'Fragile',
    },
  ],
}
const driver = {
  ...{ id: 'driver-johan', name: 'Johan', status: 'active' as const, language: null },
  ...{ timeZone: 'America/New_York', permissions: ['customer-phone'] },
}
const voice = {
  say: REPLIES.en,
  language: 'en' as const,
  driver,
  today: '2026-11-23',
  session: EMPTY_SESSION,
}
const never = new AbortController().signal

it('S26: whatever the order system answers is orders that can be told, or an error', async () => {
  let [status, answer] = [200, '']
  const server = createServer((_request, response) => response.writeHead(status).end(answer))
  await using opened = new AsyncDisposableStack()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  opened.defer(() => new Promise((resolve) => server.close(() => resolve())))
  opened.defer(() => server.closeAllConnections())
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const orders = httpOrderSystem({ baseUrl: `http://127.0.0.1:${port}`, token: 't' })
  const answers = fc.oneof(
    { weight: 8, arbitrary: hostile.variantOf(DAY).map((it) => JSON.stringify(it) ?? '') },
    { weight: 1, arbitrary: hostile.text },
    { weight: 1, arbitrary: hostile.json.map((it) => JSON.stringify(it)) },
  )
  await fc.assert(
    fc.asyncProperty(answers, fc.constantFrom(200, 200, 200, 404, 500), async (text, code) => {
      ;[status, answer] = [code, text]
      const day = await orders
        .dayOf('driver-johan', '2026-11-23', never)
        .catch((error: unknown) => ({ orders: [], error }))
      // No schema of ours and no recursion gives up on it.
      expect('error' in day ? day.error : new Error('none')).toMatchObject({
        message: expect.not.stringMatching(/call stack|Cannot read/),
      })
      for (const order of day.orders) {
        for (const message of renderOrder(order, voice))
          expect(outboundMessageSchema.safeParse(message).success).toBe(true)
      }
    }),
  )
})

it('S26: whatever it answers to a command is an outcome or an error', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 200, max: 599 }),
      hostile.json,
      fc.option(hostile.text),
      (code, body, retryAfter) => {
        const { value, error } = outcomeOf(() => confirmOutcomeOf(code, body, retryAfter))
        expect(value?.kind ?? error?.message).toMatch(/^(done|rejected|order system answered \d{3})$/)
      },
    ),
  )
})
