import { describe, expect, it } from '@jest/globals'
import { readWebhook } from './read-webhook.ts'

const OURS = '42'
const headers = { receivedAtUs: 1_763_900_000_000_001, ingressId: 'ingress-1' }

function delivered(value: unknown, field = 'messages') {
  const body = { object: 'whatsapp_business_account', entry: [{ id: '1', changes: [{ field, value }] }] }
  return { body: Buffer.from(JSON.stringify(body)), headers }
}
const from = (number: string) => ({ metadata: { phone_number_id: number } })
const text = {
  id: 'wamid.1',
  from: '551187654321',
  timestamp: '1763899999',
  type: 'text',
  text: { body: 'oi' },
}

describe('readWebhook', () => {
  it('makes a row of a message, under the one number of its sender (users: one-number)', () => {
    const contacts = [{ wa_id: '551187654321', user_id: 'BR.1' }]
    const [read] = readWebhook(delivered({ ...from(OURS), contacts, messages: [text] }), OURS)
    expect(read).toMatchObject({
      kind: 'message',
      row: {
        wamid: 'wamid.1',
        phone: '5511987654321',
        wa_id: '551187654321',
        user_id: 'BR.1',
        sent_at: '2025-11-23T12:13:19.000Z',
        received_us: headers.receivedAtUs,
        position: 0,
      },
    })
  })

  it.each([
    ['a row id of ours', '0190a5f2-7f3c-4c3e-9d53-0123456789ab', '0190a5f2-7f3c-4c3e-9d53-0123456789ab'],
    ["somebody else's tracker", 'campaign-7', undefined],
  ])('makes a receipt of a status with %s', (_case, callbackData, outboundId) => {
    const status = {
      id: 'wamid.2',
      status: 'read',
      timestamp: '1763899999',
      biz_opaque_callback_data: callbackData,
    }
    const [read] = readWebhook(delivered({ ...from(OURS), statuses: [status] }), OURS)
    expect(read).toMatchObject({ kind: 'receipt', row: { status: 'read', outbound_id: outboundId } })
  })

  it('S5: gives a webhook for another number no effect', () => {
    const [read] = readWebhook(delivered({ ...from('666'), messages: [text] }), OURS)
    expect(read).toMatchObject({ kind: 'event', row: { reason: 'foreign number' } })
  })

  it('keeps account updates', () => {
    const [read] = readWebhook(delivered({ event: 'ACCOUNT_DELETED' }, 'account_update'), OURS)
    expect(read).toMatchObject({ kind: 'event', row: { field: 'account_update', reason: 'account' } })
  })

  it.each([
    ['no JSON', { body: Buffer.from('{"object":'), headers }, 'not JSON'],
    [
      'a message of nobody',
      delivered({ ...from(OURS), messages: [{ ...text, from: undefined }] }),
      'message without a sender',
    ],
  ])('sets %s aside with the reason', (_case, webhook, reason) => {
    expect(readWebhook(webhook, OURS)).toMatchObject([{ kind: 'malformed', reason }])
  })

  it('takes a message whose time is no time as just received', () => {
    const [read] = readWebhook(delivered({ ...from(OURS), messages: [{ ...text, timestamp: 'soon' }] }), OURS)
    expect(read).toMatchObject({ row: { sent_at: '2025-11-23T12:13:20.000Z' } })
  })
})
