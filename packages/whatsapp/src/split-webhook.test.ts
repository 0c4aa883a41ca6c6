import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { splitWebhook, type WebhookElement } from './split-webhook.ts'

const folder = new URL('../fixtures/webhooks/', import.meta.url)
const fixtures = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.json'),
)

// What each folder of published webhooks comes out as; a message by its type, a receipt by its status.
const EXPECTED: Record<string, string> = {
  account_update: 'event account_update',
  call_connect: 'event calls',
  call_permission_update: 'message interactive',
  call_status: 'event calls',
  call_terminate: 'event calls',
  callback_button: 'message (interactive|button)',
  callback_selection: 'message interactive',
  deleted_message: 'message revoke',
  edited_message: 'message edit',
  flow_completion: 'message interactive',
  message:
    'message (text|image|video|audio|document|sticker|location|contacts|reaction|order|unsupported|interactive,event errors)',
  message_status: 'status (sent|delivered|read|played|failed)',
  outgoing_message: 'event smb_message_echoes',
  system: 'message system',
  template_category_update: 'event template_category_update',
  template_components_update: 'event message_template_components_update',
  template_quality_update: 'event message_template_quality_update',
  template_status_update: 'event message_template_status_update',
  user_marketing_preferences: 'event user_preferences',
}

const webhook = (value: unknown) => ({
  object: 'whatsapp_business_account',
  entry: [{ id: '1', changes: [{ field: 'messages', value }] }],
})
const metadata = { phone_number_id: '42' }
const text = (id: string) => ({ id, from: '1555', timestamp: '1', type: 'text', text: { body: 'hi' } })

describe('a published webhook', () => {
  it.each(fixtures)('%s is understood', (name) => {
    const elements = splitWebhook(JSON.parse(readFileSync(new URL(name, folder), 'utf8')))
    expect(elements.map(nameOf).join()).toMatch(new RegExp(`^${EXPECTED[name.split('/')[0] ?? '']}$`))
  })
})

describe('splitWebhook', () => {
  it('loses no good element to a bad one', () => {
    const messages = [text('a'), { ...text('b'), id: 7 }, 'rubbish', null, text('c')]
    const elements = splitWebhook(
      webhook({ metadata, messages, statuses: [{}, { id: 's', status: 'sent', timestamp: '1' }] }),
    )
    expect(elements.map(nameOf)).toEqual([
      'message text',
      'malformed message: id Invalid input: expected string, received number',
      'malformed message: it Invalid input: expected object, received string',
      'malformed message: it Invalid input: expected object, received null',
      'message text',
      'malformed status: id Invalid input: expected string, received undefined',
      'status sent',
    ])
  })

  it('keeps a kind and fields that nobody has documented', () => {
    const [element] = splitWebhook(
      webhook({ metadata, messages: [{ ...text('a'), type: 'hologram', hologram: { x: 1 } }] }),
    )
    expect(element).toMatchObject({ kind: 'message', message: { type: 'hologram', hologram: { x: 1 } } })
  })

  it('joins a message with its contact, by number or by user id', () => {
    const contacts = [{ wa_id: '1555' }, { user_id: 'US.1' }]
    const { from: _from, ...anonymous } = text('b')
    const elements = splitWebhook(
      webhook({ metadata, contacts, messages: [text('a'), { ...anonymous, from_user_id: 'US.1' }] }),
    )
    expect(elements).toMatchObject([{ contact: { wa_id: '1555' } }, { contact: { user_id: 'US.1' } }])
  })

  it('makes texts storable: no NUL, no half of a character', () => {
    const [element] = splitWebhook(
      webhook({ metadata, messages: [{ ...text('a'), text: { body: 'a\0b\uD800c' } }] }),
    )
    expect(element).toMatchObject({ message: { text: { body: 'a\uFFFDb\uFFFDc' } } })
  })

  it('treats a key that would poison an object as a key', () => {
    const poison: unknown = JSON.parse(
      `{"__proto__":{"isAdmin":true},"constructor":1,${JSON.stringify(text('a')).slice(1)}`,
    )
    splitWebhook(webhook({ metadata, messages: [poison] }))
    expect({}).not.toHaveProperty('isAdmin')
  })

  it('sets aside what is nested ten thousand deep', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(10_000)}${']'.repeat(10_000)}`)
    expect(splitWebhook(webhook(deep)).map(({ kind }) => kind)).toEqual(['malformed'])
  })

  it('throws for no JSON value whatever', () => {
    const shapes = fc.oneof(
      fc.jsonValue(),
      fc.jsonValue().map(webhook),
      fc.array(fc.jsonValue()).map((messages) => webhook({ metadata, messages })),
    )
    fc.assert(fc.property(shapes, (body) => Array.isArray(splitWebhook(body))))
  })
})

function nameOf(element: WebhookElement): string {
  if (element.kind === 'message') return `message ${element.message.type}`
  if (element.kind === 'status') return `status ${element.status.status}`
  return element.kind === 'event' ? `event ${element.field}` : `malformed ${element.reason}`
}
