import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import {
  JOHAN,
  openSandbox,
  PHONE_NUMBER_ID,
  type TestSandbox,
  until,
  WABA_ID,
  webhookValue,
} from '../../test/open-sandbox.ts'

const MESSAGES = `/${PHONE_NUMBER_ID}/messages`
const text = (to: string, body = 'hello') => ({
  messaging_product: 'whatsapp',
  to,
  type: 'text',
  text: { body },
})

describe('the Cloud API', () => {
  let sandbox: TestSandbox
  const clock = { aheadMs: 0 }
  beforeAll(async () => {
    sandbox = await openSandbox({ now: () => Date.now() + clock.aheadMs })
  })
  afterEach(() => {
    clock.aheadMs = 0
    sandbox.world.reset()
  })
  afterAll(() => sandbox[Symbol.asyncDispose]())

  const write = (phone: string) => sandbox.control('POST', `/drivers/${phone}/messages`, { text: 'hi' })

  it('wants the token', async () => {
    const missing = await sandbox.call('POST', `/v24.0${MESSAGES}`, text(JOHAN))
    expect([missing.status, missing.json.error.code]).toEqual([401, 104])
    const wrong = await sandbox.call('POST', `/v24.0${MESSAGES}`, text(JOHAN), {
      authorization: 'Bearer old',
    })
    expect(wrong.status).toBe(401)
    expect(wrong.json).toEqual({
      error: {
        message: expect.any(String),
        type: 'OAuthException',
        code: 190,
        fbtrace_id: expect.any(String),
      },
    })
  })

  it('knows no other number', async () => {
    const { status, json } = await sandbox.graph('POST', '/999/messages', text(JOHAN))
    expect([status, json.error.code, json.error.error_subcode]).toEqual([400, 100, 33])
  })

  it('answers JSON that is none as an invalid parameter', async () => {
    const response = await fetch(`${sandbox.url}/v24.0${MESSAGES}`, {
      method: 'POST',
      headers: { authorization: 'Bearer EAAtoken', 'content-type': 'application/json' },
      body: '{"messaging_product":',
    })
    expect([response.status, Object(await response.json()).error.code]).toEqual([400, 100])
  })

  it('takes free words only within 24 hours of what the person wrote', async () => {
    const closed = await sandbox.graph('POST', MESSAGES, text(JOHAN))
    expect([closed.status, closed.json.error.code]).toEqual([400, 131047])
    await write(JOHAN)
    expect((await sandbox.graph('POST', MESSAGES, text(JOHAN))).status).toBe(200)
    clock.aheadMs = 24 * 60 * 60 * 1_000 + 1
    expect((await sandbox.graph('POST', MESSAGES, text(JOHAN))).json.error.code).toBe(131047)
  })

  it('sends templates outside the window and refuses what it does not know of them', async () => {
    const send = (name: string, code: string, parameters: string[] = []) =>
      sandbox.graph('POST', MESSAGES, {
        messaging_product: 'whatsapp',
        to: JOHAN,
        type: 'template',
        template: {
          name,
          language: { code },
          components: [
            { type: 'body', parameters: parameters.map((value) => ({ type: 'text', text: value })) },
          ],
        },
      })
    const sent = await send('daily_check_in', 'en_US', ['Johan', '3', '12:00 PM'])
    expect(sent.json.messages[0].message_status).toBe('accepted')
    const shown = await sandbox.control('GET', `/drivers/${JOHAN}/messages`)
    expect(shown.json.messages[0].text).toBe(
      'Good morning, Johan! You have 3 orders today, the first at 12:00 PM. Do you accept the route?',
    )
    const missing = await send('daily_check_in', 'fr')
    expect([missing.status, missing.json.error.code]).toEqual([404, 132001])
    expect((await send('daily_check_in', 'en_US', ['Johan'])).json.error.code).toBe(132000)
  })

  it.each([
    ['Brazil from area 31 on, without the ninth digit', '5531987650104', '553187650104'],
    ['Brazil before area 31, with it', '5511987650102', '5511987650102'],
    ['Mexico, with the 1', '525512340103', '5215512340103'],
  ])('calls numbers of %s, and knows both forms', async (_country, canonical, waId) => {
    await write(canonical)
    const webhook = await until('the webhook', () => sandbox.webhooks.at(-1))
    expect(webhookValue(webhook).contacts[0].wa_id).toBe(waId)
    expect(webhookValue(webhook).messages[0].from).toBe(waId)
    sandbox.webhooks.length = 0
    for (const to of [`+${canonical}`, waId]) {
      const { json } = await sandbox.graph('POST', MESSAGES, text(to))
      expect(json.contacts).toEqual([{ input: to, wa_id: waId }])
    }
    expect((await sandbox.control('GET', `/drivers/${waId}/messages`)).json.messages).toHaveLength(3)
  })

  it('sends to a user id', async () => {
    await write(JOHAN)
    const { to: _to, ...message } = text(JOHAN)
    const { json } = await sandbox.graph('POST', MESSAGES, { ...message, recipient: 'US.10000000000000101' })
    expect(json.contacts).toEqual([{ input: 'US.10000000000000101', user_id: 'US.10000000000000101' }])
    const unknown = await sandbox.graph('POST', MESSAGES, { ...message, recipient: 'US.1' })
    expect(unknown.json.error.code).toBe(131026)
  })

  it('marks as read what came before too, and shows typing until the answer', async () => {
    await write(JOHAN)
    const { json } = await write(JOHAN)
    const read = {
      messaging_product: 'whatsapp',
      status: 'read',
      message_id: json.wamids[0],
      typing_indicator: { type: 'text' },
    }
    expect((await sandbox.graph('POST', MESSAGES, read)).json).toEqual({ success: true })
    const shown = await sandbox.control('GET', `/drivers/${JOHAN}/messages`)
    expect(shown.json).toMatchObject({ typing: true, messages: [{ status: 'read' }, { status: 'read' }] })
    await sandbox.graph('POST', MESSAGES, text(JOHAN))
    expect((await sandbox.control('GET', `/drivers/${JOHAN}/messages`)).json.typing).toBe(false)
    expect((await sandbox.graph('POST', MESSAGES, { ...read, message_id: 'wamid.no' })).json.error.code).toBe(
      100,
    )
  })

  it('keeps an upload, gives its address for five minutes and its bytes to the token only', async () => {
    const bytes = Buffer.from('a photo')
    const form = new FormData()
    form.set('messaging_product', 'whatsapp')
    form.set('file', new Blob([bytes], { type: 'image/jpeg' }), 'photo.jpg')
    const headers = { authorization: 'Bearer EAAtoken' }
    const upload = await fetch(`${sandbox.url}/v24.0/${PHONE_NUMBER_ID}/media`, {
      method: 'POST',
      headers,
      body: form,
    })
    const { id } = Object(await upload.json())
    const { json } = await sandbox.graph('GET', `/${id}`)
    expect(json).toMatchObject({
      id,
      messaging_product: 'whatsapp',
      mime_type: 'image/jpeg',
      file_size: bytes.byteLength,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    })
    expect((await fetch(json.url)).status).toBe(401)
    expect(await (await fetch(json.url, { headers })).text()).toBe('a photo')
    clock.aheadMs = 5 * 60 * 1_000 + 1_000
    expect((await fetch(json.url, { headers })).status).toBe(404)
    expect((await sandbox.graph('DELETE', `/${id}`)).json).toEqual({ success: true })
    expect((await sandbox.graph('GET', `/${id}`)).json.error.error_subcode).toBe(33)
  })

  it('describes the number and the account in any version', async () => {
    const headers = { authorization: 'Bearer EAAtoken' }
    const number = await sandbox.call(
      'GET',
      `/v21.0/${PHONE_NUMBER_ID}?fields=verified_name`,
      undefined,
      headers,
    )
    expect(number.json).toMatchObject({ id: PHONE_NUMBER_ID, quality_rating: 'GREEN' })
    const templates = await sandbox.graph('GET', `/${WABA_ID}/message_templates?name=hello_world`)
    expect(templates.json.data).toMatchObject([{ name: 'hello_world', status: 'APPROVED' }])
  })
})
