import { describe, expect, it } from '@jest/globals'
import { JOHAN, openSandbox, PHONE_NUMBER_ID, until, WABA_ID, webhookValue } from '../../test/open-sandbox.ts'

describe('a conversation through the sandbox', () => {
  it('turns what a driver writes into a signed webhook, and what the business sends into a bubble', async () => {
    await using sandbox = await openSandbox()
    const sent = await sandbox.control('POST', `/drivers/+${JOHAN}/messages`, {
      type: 'text',
      text: 'Olá, é você? a/b',
    })
    expect(sent.status).toBe(200)
    const [wamid] = sent.json.wamids
    expect(wamid).toMatch(/^wamid\.HBg[A-Za-z0-9+/]+=*$/)

    const webhook = await until('the webhook', () => sandbox.webhooks[0])
    expect(webhook.isSigned).toBe(true)
    expect(webhook.raw).toContain('Ol\\u00e1, \\u00e9 voc\\u00ea? a\\/b')
    expect(webhook.body).toMatchObject({ object: 'whatsapp_business_account', entry: [{ id: WABA_ID }] })
    expect(webhookValue(webhook)).toEqual({
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: '15550109999', phone_number_id: PHONE_NUMBER_ID },
      contacts: [{ profile: { name: 'Johan' }, wa_id: JOHAN, user_id: 'US.10000000000000101' }],
      messages: [
        {
          from: JOHAN,
          from_user_id: 'US.10000000000000101',
          id: wamid,
          timestamp: expect.stringMatching(/^\d{10}$/),
          type: 'text',
          text: { body: 'Olá, é você? a/b' },
        },
      ],
    })

    const accepted = await sandbox.graph('POST', `/${PHONE_NUMBER_ID}/messages`, {
      messaging_product: 'whatsapp',
      to: `+${JOHAN}`,
      type: 'text',
      text: { body: '*3* orders' },
      context: { message_id: wamid },
      biz_opaque_callback_data: 'row-7',
    })
    expect(accepted.json).toEqual({
      messaging_product: 'whatsapp',
      contacts: [{ input: `+${JOHAN}`, wa_id: JOHAN }],
      messages: [{ id: expect.stringMatching(/^wamid\./) }],
    })

    const read = await until('the read receipt', async () => {
      const { json } = await sandbox.control('GET', `/drivers/${JOHAN}/messages`)
      return json.messages[1]?.status === 'read' && json
    })
    expect(read.messages).toMatchObject([
      { wamid, direction: 'inbound', type: 'text', text: 'Olá, é você? a/b', status: 'delivered' },
      {
        direction: 'outbound',
        type: 'text',
        text: '*3* orders',
        context: { id: wamid },
        biz_opaque_callback_data: 'row-7',
      },
    ])
    const after = await sandbox.control('GET', `/drivers/${JOHAN}/messages?after=${read.messages[0].cursor}`)
    expect(after.json.messages).toHaveLength(1)
    expect(
      (await sandbox.control('GET', `/drivers/${JOHAN}/messages?after=${encodeURIComponent(wamid)}`)).json
        .messages,
    ).toHaveLength(1)
  })
})
