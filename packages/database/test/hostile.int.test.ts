import { randomUUID } from 'node:crypto'
import { expect, it } from '@jest/globals'
import { freshDatabase } from '@waybill/test-kit'
import { hostile } from '@waybill/test-kit/hostile'
import fc from 'fast-check'
import pg from 'pg'
import { claimTurn, commitTurn, failTurn } from '../src/inbound-lane.ts'
import { recordOrderEvent } from '../src/order-events.ts'
import { recordWebhooks } from '../src/record-webhooks.ts'
import { addDriver } from './add-driver.ts'

const lease = { owner: 'assistant-1', ttlMs: 15_000, attemptsMax: 1_000_000 }

it('S12: whatever the model, the order system or a driver says can be kept with the turn', async () => {
  await using database = await freshDatabase()
  await using opened = new AsyncDisposableStack()
  const pool = opened.adopt(new pg.Pool({ connectionString: database.url }), (it) => it.end())
  const { id: driverId } = await addDriver(pool, 'UTC')
  const timing = { mergeMs: 0, nightFrom: '00:00', nightUntil: '00:00' }
  await fc.assert(
    fc.asyncProperty(hostile.text, hostile.text, async (said, named) => {
      const wamid = randomUUID()
      const message = {
        ...{
          wamid,
          phone_number_id: '1',
          phone: '15550100001',
          wa_id: '15550100001',
          user_id: undefined,
          kind: 'text',
        },
        ...{ body: {}, sent_at: new Date().toISOString(), received_us: 1, position: 0 },
      }
      await recordWebhooks(pool, { messages: [message], receipts: [], events: [] })
      const { epoch } = await claimTurn(pool, '1:15550100001', { ...lease, steal: true })
      const apology = { message: { type: 'text' as const, text: { body: said } } }
      const failure = {
        turnId: randomUUID(),
        wamid,
        error: said,
        backoffMs: 0,
        untried: [],
        apology,
        modelCalls: [],
      }
      expect(await failTurn(pool, '1:15550100001', { epoch, attemptsMax: 1_000_000, failure })).toBe('retry')

      const again = await claimTurn(pool, '1:15550100001', { ...lease, steal: true })
      const turn = {
        ...{ id: randomUUID(), driverId, wamids: [wamid], session: { said, [named]: said } },
        replies: [apology],
        commands: [{ id: randomUUID(), kind: 'decline-route', payload: { reason: said, [named]: said } }],
        audit: [{ action: 'tool', detail: { [named]: said } }],
        modelCalls: [{ purpose: 'understand', model: said, outcome: 'calls', latencyMs: 1 }],
      }
      const { state } = await commitTurn(pool, '1:15550100001', { epoch: again.epoch, lease, turn })
      expect(state).toBe('released')
      const event = {
        id: randomUUID(),
        driver_id: driverId,
        type: 'alert',
        priority: 'normal',
        text: { [named]: said },
      }
      expect(await recordOrderEvent(pool, event, timing)).toBe('recorded')
    }),
  )
}, 60_000)
