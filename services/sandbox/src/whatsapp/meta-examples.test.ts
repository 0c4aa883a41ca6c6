import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { JOHAN, openSandbox, PHONE_NUMBER_ID, type TestSandbox, WABA_ID } from '../../test/open-sandbox.ts'

// Meta's own examples; their placeholders are filled with what the sandbox knows.
const GRAPH_API = new URL('../../../../packages/whatsapp/fixtures/graph-api/', import.meta.url)
const UNLIMITED = { messagesPerSecond: 10_000, pairBurst: 10_000 }

function examplesIn(folder: string): [string, string][] {
  const directory = new URL(`${folder}/`, GRAPH_API)
  return readdirSync(directory)
    .filter((name) => name.startsWith('request-'))
    .map((name) => [name, readFileSync(new URL(name, directory), 'utf8')])
}

describe("Meta's example requests", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openSandbox()
    await sandbox.control('PUT', '/limits', UNLIMITED)
  })
  afterAll(() => sandbox[Symbol.asyncDispose]())

  it.each(examplesIn('phone-number-id-messages/post'))('accepts %s', async (_name, example) => {
    const inbound = await sandbox.control('POST', `/drivers/${JOHAN}/messages`, { text: 'hi' })
    const request = fillIn(example, inbound.json.wamids[0])
    if (request.template) {
      const { name, language } = request.template
      sandbox.world.whatsapp.templates.reset()
      if (name !== 'hello_world') await createTemplate(name, language.code, parameterCount(request.template))
    }
    const answer = await sandbox.graph('POST', `/${PHONE_NUMBER_ID}/messages`, request)
    expect(answer.json).toEqual(expectedAnswer(request))
    expect(answer.status).toBe(200)
  })

  it.each(examplesIn('phone-number-id-media/post'))('takes the upload of %s', async (_name, example) => {
    const { status, json } = await sandbox.graph('POST', `/${PHONE_NUMBER_ID}/media`, JSON.parse(example))
    expect({ status, json }).toEqual({ status: 200, json: { id: expect.stringMatching(/^\d+$/) } })
  })

  it.each([...examplesIn('phone-number-id/post'), ...examplesIn('phone-number-id-settings/post')])(
    'nods at %s',
    async (_name, example) => {
      const path = example.includes('_name') ? '' : '/settings'
      const { json } = await sandbox.graph('POST', `/${PHONE_NUMBER_ID}${path}`, JSON.parse(example))
      expect(json).toEqual({ success: true })
    },
  )

  it.each(examplesIn('waba-id-message-templates/post'))(
    'creates the template of %s',
    async (_name, example) => {
      sandbox.world.whatsapp.templates.reset()
      const request = JSON.parse(example.replaceAll('<TEMPLATE_NAME>', 'some_template'))
      const { status, json } = await sandbox.graph('POST', `/${WABA_ID}/message_templates`, request)
      expect({ status, json }).toEqual({
        status: 200,
        json: { id: expect.stringMatching(/^\d+$/), status: 'PENDING', category: request.category },
      })
    },
  )

  function expectedAnswer(request: { to: string; status?: string; template?: unknown }) {
    if (request.status === 'read') return { success: true }
    const id = expect.stringMatching(/^wamid\.HBg/)
    return {
      messaging_product: 'whatsapp',
      contacts: [{ input: request.to, wa_id: JOHAN }],
      messages: [request.template ? { id, message_status: 'accepted' } : { id }],
    }
  }

  async function createTemplate(name: string, language: string, parameters: number) {
    const text = Array.from({ length: parameters }, (_, index) => `{{${index + 1}}}`).join(' ')
    const template = { name, language, category: 'UTILITY', components: [{ type: 'BODY', text }] }
    sandbox.world.whatsapp.templates.create({ ...template, name: name.replaceAll('-', '_') })
  }

  function fillIn(example: string, wamid: string) {
    const filled = example
      .replaceAll(/\{\{Recipient-(WA-)?Phone-Number\}\}/g, `+${JOHAN}`)
      .replaceAll(/"(\+1)?1?6[35]\d{9}"/g, `"${JOHAN}"`)
      .replaceAll('<HEADER_TYPE>', 'text')
      .replaceAll('template-name', 'template_name')
      .replaceAll('<TEMPLATE_NAME>', 'some_template')
    const request = JSON.parse(filled)
    return request.status === 'read' ? { ...request, message_id: wamid } : { ...request, to: JOHAN }
  }

  function parameterCount(template: { components?: { type: string; parameters?: unknown[] }[] }): number {
    return template.components?.find(({ type }) => type === 'body')?.parameters?.length ?? 0
  }
})
