import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import {
  JOHAN,
  openSandbox,
  PHONE_NUMBER_ID,
  type TestSandbox,
  until,
  webhookValue,
} from '../../test/open-sandbox.ts'

describe('the control API', () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openSandbox()
  })
  afterEach(() => {
    sandbox.world.reset()
    sandbox.webhooks.length = 0
  })
  afterAll(() => sandbox[Symbol.asyncDispose]())

  const write = (body: unknown, phone = JOHAN) => sandbox.control('POST', `/drivers/${phone}/messages`, body)
  const message = (wamid: string) =>
    until('the webhook', () =>
      sandbox.webhooks
        .flatMap((webhook) => webhookValue(webhook).messages ?? [])
        .find(({ id }: { id: string }) => id === wamid),
    )

  it.each([
    ['location', { latitude: 1.5, longitude: 2.5, name: 'Gate 5' }],
    ['reaction', { message_id: 'wamid.x', emoji: '👍' }],
    ['contacts', [{ name: { formatted_name: 'A B' } }]],
    ['button', { text: 'Accept', payload: 'accept' }],
  ])('sends a %s as the webhooks hold it', async (type, content) => {
    const { json } = await write({ type, [type]: content })
    expect(await message(json.wamids[0])).toMatchObject({ type, from: JOHAN, [type]: content })
  })

  it.each(['image', 'video', 'document', 'sticker'])('puts a file behind a %s', async (type) => {
    const { json } = await write({ type, [type]: {} })
    const sent = await message(json.wamids[0])
    expect((await sandbox.graph('GET', `/${sent[type].id}`)).json.mime_type).toBe(sent[type].mime_type)
  })

  it('names the message whose button was tapped', async () => {
    await write({ text: 'hi' })
    const { json: sent } = await sandbox.graph('POST', `/${PHONE_NUMBER_ID}/messages`, {
      messaging_product: 'whatsapp',
      to: JOHAN,
      type: 'interactive',
      interactive: {
        type: 'button',
        body: { text: 'Confirm?' },
        action: { buttons: [{ type: 'reply', reply: { id: 'yes-1', title: 'Yes' } }] },
      },
    })
    const interactive = { type: 'button_reply', button_reply: { id: 'yes-1', title: 'Yes' } }
    const { json } = await write({ type: 'interactive', interactive })
    expect(await message(json.wamids[0])).toMatchObject({
      type: 'interactive',
      interactive,
      context: { from: '15550109999', id: sent.messages[0].id },
    })
    const { json: shown } = await sandbox.control(
      'GET',
      `/drivers/${JOHAN}/messages?after=${sent.messages[0].id}`,
    )
    expect(shown.messages).toMatchObject([{ text: 'Yes', context: { id: sent.messages[0].id } }])
  })

  it('can hide the phone, and date a message back', async () => {
    const { json } = await write({ text: 'hi', userIdOnly: true, timestamp: 1_700_000_000 })
    const sent = await message(json.wamids[0])
    expect(sent).toEqual({
      id: json.wamids[0],
      from_user_id: 'US.10000000000000101',
      timestamp: '1700000000',
      type: 'text',
      text: { body: 'hi' },
    })
    const its = sandbox.webhooks.map(webhookValue).find((value) => value.messages?.[0]?.id === sent.id)
    expect(its.contacts).toEqual([{ profile: { name: 'Johan' }, user_id: 'US.10000000000000101' }])
  })

  it('lets strangers write, the same one under the same number', async () => {
    const { json } = await write({ text: 'hi' }, '+44 7700 900123')
    expect((await message(json.wamids[0])).from).toBe('447700900123')
    expect((await sandbox.control('GET', '/drivers/447700900123/messages')).json.messages).toHaveLength(1)
  })

  it.each([
    ['no text', `/drivers/${JOHAN}/messages`, {}, 'needs the field text'],
    ['no location', `/drivers/${JOHAN}/messages`, { type: 'location' }, 'needs the field location'],
    ['too many', `/drivers/${JOHAN}/messages`, { text: 'x', count: 1e6 }, 'count'],
    ['no number', '/drivers/johan/messages', { text: 'x' }, 'digits with the country code'],
  ])('says what to send instead of: %s', async (_case, path, body, hint) => {
    const { status, json } = await sandbox.control('POST', path, body)
    expect(status).toBe(400)
    expect(json.error).toContain(hint)
  })

  it('shakes hands with the webhook', async () => {
    expect((await sandbox.control('POST', '/webhooks/verify')).json).toEqual({
      isVerified: true,
      status: 200,
    })
  })

  it('resets everything', async () => {
    await write({ text: 'hi' })
    await sandbox.orders(
      'POST',
      '/drivers/driver-johan/orders/confirm',
      { order_ref: '12345' },
      { 'idempotency-key': 'k' },
    )
    await sandbox.control('PUT', '/faults/orders', { down: true })
    await sandbox.control('PUT', '/receipts', { read: null })
    await sandbox.control('PUT', '/limits', { pairBurst: 1 })
    await sandbox.control('POST', '/reset')
    expect((await sandbox.control('GET', `/drivers/${JOHAN}/messages`)).json).toMatchObject({
      messages: [],
      cursor: 0,
    })
    expect((await sandbox.control('GET', '/orders/log')).json.writes).toEqual([])
    expect((await sandbox.control('GET', '/faults/orders')).json).toMatchObject({ down: false })
    expect((await sandbox.control('GET', '/receipts')).json.read).toBe(400)
    expect((await sandbox.control('GET', '/limits')).json.pairBurst).toBe(45)
    expect((await sandbox.control('GET', '/stats')).json).toMatchObject({
      orders: { calls: {} },
      webhooks: { sent: 0 },
    })
  })

  it('lists the fleet', async () => {
    const { json } = await sandbox.control('GET', '/drivers')
    expect(json.drivers[0]).toMatchObject({ id: 'driver-johan', phone: JOHAN, status: 'active' })
  })

  it('tells pages that listen what happens', async () => {
    const listening = new AbortController()
    const response = await fetch(`${sandbox.url}/sandbox/events?phone=${JOHAN}`, { signal: listening.signal })
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    await write({ text: 'hi' }, '5511987650102')
    const { json } = await write({ text: 'hi' })
    let told = ''
    while (!told.includes('data:')) told += (await reader?.read())?.value ?? ''
    expect(JSON.parse(told.slice(told.indexOf('data:') + 5))).toEqual({
      kind: 'message',
      phone: JOHAN,
      wamid: json.wamids[0],
    })
    listening.abort()
  })

  it('keeps the last 2,000 messages of a phone', async () => {
    await write({ text: 'x', count: 2_005, batch: true })
    expect((await sandbox.control('GET', `/drivers/${JOHAN}/messages`)).json.messages).toHaveLength(2_000)
  })
})
