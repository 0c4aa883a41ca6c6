import { describe, expect, it } from '@jest/globals'
import { JOHAN, openSandbox, PHONE_NUMBER_ID, until, webhookValue } from '../../test/open-sandbox.ts'

const write = { text: 'hi' }

describe('webhooks', () => {
  it('come again, the same bytes, until they are answered with 200', async () => {
    await using sandbox = await openSandbox()
    await sandbox.control('PUT', '/webhooks/policy', { retryMsMin: 5, retryMsMax: 20 })
    sandbox.answers.push(503, 500, 202)
    await sandbox.control('POST', `/drivers/${JOHAN}/messages`, write)
    const { webhooks } = await until('an ack', async () => {
      const { json } = await sandbox.control('GET', '/stats')
      return json.webhooks.acked === 1 && json
    })
    expect(webhooks).toMatchObject({ sent: 1, attempts: 4, acked: 1, retried: 3, inFlight: 0, queued: 0 })
    expect(new Set(sandbox.webhooks.map(({ raw }) => raw)).size).toBe(1)
  })

  it('are given up in the end', async () => {
    await using sandbox = await openSandbox()
    await sandbox.control('PUT', '/webhooks/policy', { retryMsMin: 1, retryMsMax: 1, attemptsMax: 2 })
    sandbox.answers.push(500, 500)
    await sandbox.control('POST', `/drivers/${JOHAN}/messages`, write)
    const { webhooks } = await until('giving up', async () => {
      const { json } = await sandbox.control('GET', '/stats')
      return json.webhooks.givenUp === 1 && json
    })
    expect(webhooks).toMatchObject({ attempts: 2, acked: 0, waitingForRetry: 0 })
  })

  it('come one per message, or together, or more than once', async () => {
    await using sandbox = await openSandbox()
    await sandbox.control('POST', `/drivers/${JOHAN}/messages`, { ...write, count: 3 })
    await until('three webhooks', () => sandbox.webhooks.length === 3)
    const { json } = await sandbox.control('POST', `/drivers/${JOHAN}/messages`, {
      ...write,
      count: 5,
      batch: true,
      duplicate: 4,
    })
    await until('four more', () => sandbox.webhooks.length === 7)
    const last = sandbox.webhooks.slice(3)
    expect(new Set(last.map(({ raw }) => raw)).size).toBe(1)
    expect(webhookValue(last[0]).messages.map(({ id }: { id: string }) => id)).toEqual(json.wamids)
    expect(new Set(json.wamids).size).toBe(5)
  })

  it('stay with whoever wants to deliver them', async () => {
    await using sandbox = await openSandbox()
    const { json } = await sandbox.control('POST', `/drivers/${JOHAN}/messages`, {
      ...write,
      count: 2,
      deliver: false,
    })
    const bodies: { entry: { changes: { value: { messages: { id: string }[] } }[] }[] }[] = json.webhooks.map(
      (webhook: string) => JSON.parse(webhook),
    )
    expect(bodies.map((body) => body.entry[0]?.changes[0]?.value.messages[0]?.id)).toEqual(json.wamids)
    const stats = await sandbox.control('GET', '/stats')
    expect(stats.json.webhooks).toMatchObject({ attempts: 0, queued: 0 })
  })

  it('of receipts go forward and carry our own id, the price and the conversation', async () => {
    await using sandbox = await openSandbox()
    await sandbox.control('PUT', '/receipts', { sent: 0, delivered: 30, read: 60 })
    await sandbox.control('POST', `/drivers/${JOHAN}/messages`, write)
    const { json } = await sandbox.graph('POST', `/${PHONE_NUMBER_ID}/messages`, {
      messaging_product: 'whatsapp',
      to: JOHAN,
      text: { body: 'hello' },
      biz_opaque_callback_data: 'row-1',
    })
    const statusesOf = () => sandbox.webhooks.flatMap((webhook) => webhookValue(webhook).statuses ?? [])
    await until('three receipts', () => statusesOf().length === 3)
    expect(statusesOf()).toEqual([
      {
        id: json.messages[0].id,
        status: 'sent',
        timestamp: expect.stringMatching(/^\d{10}$/),
        recipient_id: JOHAN,
        recipient_user_id: 'US.10000000000000101',
        biz_opaque_callback_data: 'row-1',
        conversation: {
          id: expect.any(String),
          expiration_timestamp: expect.any(String),
          origin: { type: 'service' },
        },
        pricing: {
          billable: false,
          pricing_model: 'PMP',
          category: 'service',
          type: 'free_customer_service',
        },
      },
      expect.objectContaining({ status: 'delivered', biz_opaque_callback_data: 'row-1' }),
      expect.objectContaining({ status: 'read', biz_opaque_callback_data: 'row-1' }),
    ])
  })

  it('of receipts can be kept back, failed, or come when the driver looks', async () => {
    await using sandbox = await openSandbox()
    await sandbox.control('PUT', '/receipts', { sent: 0, delivered: null, read: null })
    await sandbox.control('POST', `/drivers/${JOHAN}/messages`, write)
    const message = { messaging_product: 'whatsapp', to: JOHAN, text: { body: 'hello' } }
    await sandbox.graph('POST', `/${PHONE_NUMBER_ID}/messages`, message)
    const statusesOf = () => sandbox.webhooks.flatMap((webhook) => webhookValue(webhook).statuses ?? [])
    await until('the first receipt', () => statusesOf().length === 1)
    await sandbox.control('POST', `/drivers/${JOHAN}/read`)
    await until('the second', () => statusesOf().length === 2)
    expect(statusesOf().map(({ status }) => status)).toEqual(['sent', 'read'])

    await sandbox.control('PUT', '/receipts', {
      sent: null,
      delivered: 0,
      failWith: { code: 131026, title: 'Message undeliverable' },
    })
    await sandbox.graph('POST', `/${PHONE_NUMBER_ID}/messages`, message)
    await until('the failure', () => statusesOf().length === 3)
    expect(statusesOf()[2]).toMatchObject({ status: 'failed', errors: [{ code: 131026 }] })
  })

  it('that come raw are signed as they are, whatever they hold', async () => {
    await using sandbox = await openSandbox()
    const body = '{"object":"whatsapp_business_account",  "entry":[], "emoji":"🚚"'
    sandbox.answers.push(400)
    const answer = await fetch(`${sandbox.url}/sandbox/webhooks`, { method: 'POST', body })
    expect(await answer.json()).toEqual({ status: 400 })
    expect(sandbox.webhooks).toMatchObject([{ raw: body, isSigned: true }])
  })
})
