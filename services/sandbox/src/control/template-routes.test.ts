import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { JOHAN, openSandbox, PHONE_NUMBER_ID, type TestSandbox, until } from '../../test/open-sandbox.ts'

describe('a template of the account', () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openSandbox()
  })
  afterEach(() => {
    sandbox.webhooks.length = 0
    sandbox.world.reset()
  })
  afterAll(() => sandbox[Symbol.asyncDispose]())

  const PATH = '/templates/morning_check_in/pt_BR'
  const parameters = ['Maria', '3', 'Praça 1', '9:00'].map((text) => ({ type: 'text', text }))
  const send = async () => {
    const { status, json } = await sandbox.graph('POST', `/${PHONE_NUMBER_ID}/messages`, {
      ...{ messaging_product: 'whatsapp', to: JOHAN, type: 'template' },
      template: {
        ...{ name: 'morning_check_in', language: { code: 'pt_BR' } },
        components: [{ type: 'body', parameters }],
      },
    })
    return [status, json.error?.code]
  }

  it.each([
    ['APPROVED', 200, undefined],
    ['PAUSED', 400, 132015],
    ['DISABLED', 400, 132016],
    ['REJECTED', 404, 132001],
  ])('that is %s is answered with %s %s, and a webhook says so', async (status, http, code) => {
    expect((await sandbox.control('PUT', PATH, { status })).json).toMatchObject({ template: { status } })
    const webhook = await until('the webhook', () => sandbox.webhooks[0])
    expect(webhook.isSigned).toBe(true)
    expect(webhook.body).toMatchObject({
      entry: [
        {
          changes: [
            {
              field: 'message_template_status_update',
              value: {
                event: status,
                message_template_name: 'morning_check_in',
                message_template_language: 'pt_BR',
              },
            },
          ],
        },
      ],
    })
    expect(await send()).toEqual([http, code])
    const { refused } = (await sandbox.control('GET', '/stats')).json.whatsapp
    expect(refused).toEqual(code === undefined ? {} : { [code]: 1 })
  })

  it('changes without a word when it shall', async () => {
    await sandbox.control('PUT', PATH, { status: 'PAUSED', isSilent: true })
    expect(await send()).toEqual([400, 132015])
    expect(sandbox.webhooks).toEqual([])
  })

  it('is to be one that there is, in a status that there is', async () => {
    expect((await sandbox.control('PUT', '/templates/nothing/en_US', { status: 'PAUSED' })).status).toBe(400)
    expect((await sandbox.control('PUT', PATH, { status: 'SLEEPING' })).status).toBe(400)
  })
})
