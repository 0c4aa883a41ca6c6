import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { splitWebhook, type WebhookElement } from './split-webhook.ts'

const folder = new URL('../fixtures/webhooks/', import.meta.url)

// What comes out of each published webhook: a message by its type, a receipt by its status, else the field.
const PUBLISHED: readonly [name: string, elements: string][] = [
  ['account_update/account-deleted', 'event account_update'],
  ['account_update/account-disabled', 'event account_update'],
  ['account_update/account-offboarded', 'event account_update'],
  ['account_update/account-reconnected', 'event account_update'],
  ['account_update/account-restriction', 'event account_update'],
  ['account_update/account-violation', 'event account_update'],
  ['account_update/ad-account-linked', 'event account_update'],
  ['account_update/authentication-international-eligibility', 'event account_update'],
  ['account_update/mm-api-for-wa-terms-of-service', 'event account_update'],
  ['account_update/partner-added', 'event account_update'],
  ['account_update/partner-app-installed', 'event account_update'],
  ['account_update/partner-app-uninstalled', 'event account_update'],
  ['account_update/partner-led-business-verification-status', 'event account_update'],
  ['account_update/partner-removed-wa-app-disconnection', 'event account_update'],
  ['account_update/partner-removed', 'event account_update'],
  ['account_update/pricing-tiering-update', 'event account_update'],
  ['account_update/primary-business-location-set', 'event account_update'],
  ['call_connect/business-initiated', 'event calls'],
  ['call_connect/user-initiated', 'event calls'],
  ['call_permission_update/accept', 'message interactive'],
  ['call_permission_update/reject', 'message interactive'],
  ['call_status/call-status', 'event calls'],
  ['call_terminate/call-terminate', 'event calls'],
  ['callback_button/button', 'message interactive'],
  ['callback_button/quick-reply-without-context', 'message button'],
  ['callback_button/quick-reply', 'message button'],
  ['callback_selection/callback', 'message interactive'],
  ['callback_selection/description', 'message interactive'],
  ['deleted_message/revoke', 'message revoke'],
  ['edited_message/image', 'message edit'],
  ['flow_completion/completion', 'message interactive'],
  ['flow_completion/without-flow-token', 'message interactive'],
  ['message/animated-sticker', 'message sticker'],
  ['message/audio', 'message audio'],
  ['message/chosen-location', 'message location'],
  ['message/contacts', 'message contacts'],
  ['message/current-location', 'message location'],
  ['message/document', 'message document'],
  ['message/forwarded-many-times', 'message text'],
  ['message/forwarded', 'message text'],
  ['message/image', 'message image'],
  ['message/interactive-message-with-err', 'message interactive, event errors'],
  ['message/media-with-url', 'message image'],
  ['message/order', 'message order'],
  ['message/reaction', 'message reaction'],
  ['message/referral', 'message text'],
  ['message/reply', 'message text'],
  ['message/static-sticker', 'message sticker'],
  ['message/text', 'message text'],
  ['message/unreaction-empty', 'message reaction'],
  ['message/unreaction-no-emoji', 'message reaction'],
  ['message/unsupported-with-type', 'message unsupported'],
  ['message/unsupported', 'message unsupported'],
  ['message/video', 'message video'],
  ['message/voice', 'message audio'],
  ['message_status/delivered', 'status delivered'],
  ['message_status/failed', 'status failed'],
  ['message_status/group', 'status read'],
  ['message_status/played', 'status played'],
  ['message_status/read', 'status read'],
  ['message_status/sent', 'status sent'],
  ['message_status/with-tracker', 'status sent'],
  ['outgoing_message/delete', 'event smb_message_echoes'],
  ['outgoing_message/edit', 'event smb_message_echoes'],
  ['outgoing_message/text', 'event smb_message_echoes'],
  ['system/identity-change', 'message system'],
  ['system/phone-number-change', 'message system'],
  ['template_category_update/marketing', 'event template_category_update'],
  ['template_components_update/element', 'event message_template_components_update'],
  ['template_quality_update/yellow', 'event message_template_quality_update'],
  ['template_status_update/approved', 'event message_template_status_update'],
  ['template_status_update/rejected', 'event message_template_status_update'],
  ['user_marketing_preferences/resume', 'event user_preferences'],
  ['user_marketing_preferences/signup', 'event user_preferences'],
]

const change = (value: unknown) => ({ field: 'messages', value })
const webhook = (value: unknown) => ({
  object: 'whatsapp_business_account',
  entry: [{ id: '1', changes: [change(value)] }],
})
const metadata = { phone_number_id: '42' }
const brazilian = { wa_id: '5511987654321' }
const text = (id: string) => ({ id, from: '1555', timestamp: '1', type: 'text', text: { body: 'hi' } })

describe('a published webhook', () => {
  it.each(PUBLISHED)('%s is understood as %s', (name, elements) => {
    const body: unknown = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'))
    expect(splitWebhook(body).map(nameOf).join(', ')).toBe(elements)
  })

  it('is in the table, each of them', () => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    const names = files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length))
    expect(names.toSorted()).toEqual(PUBLISHED.map(([name]) => name).toSorted())
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

  it('keeps the order of the document', () => {
    const elements = splitWebhook({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: '1',
          changes: [
            change({
              statuses: [{ id: 's', status: 'sent', timestamp: '1' }],
              metadata,
              messages: [text('a')],
            }),
            { field: 'account_update', value: { event: 'X' } },
          ],
        },
        { id: '2', changes: [change({ metadata, messages: [text('b')], errors: [{ code: 1 }] })] },
      ],
    })
    expect(elements.map(nameOf)).toEqual([
      'status sent',
      'message text',
      'event account_update',
      'message text',
      'event errors',
    ])
    expect(elements[2]).toMatchObject({ wabaId: '1', phoneNumberId: undefined, value: { event: 'X' } })
  })

  it.each<[string, unknown, string]>([
    ['nothing that is known', { metadata, holograms: [] }, 'event messages'],
    ['messages that are no list', { metadata, messages: {} }, 'malformed messages are no list'],
    ['no phone number id', { messages: [text('a')] }, 'malformed messages without a phone number id'],
  ])('loses nothing of a change with %s', (_case, value, expected) => {
    expect(splitWebhook(webhook(value)).map(nameOf)).toEqual([expected])
  })

  it.each<[string, object, object[], object | undefined]>([
    ['by its number', { from: '1555' }, [{ wa_id: '1999' }, { wa_id: '1555' }], { wa_id: '1555' }],
    ['by its number as WhatsApp may write it', { from: '551187654321' }, [brazilian], brazilian],
    ['by its user id', { from_user_id: 'US.1', from: null }, [{ user_id: 'US.1' }], { user_id: 'US.1' }],
    ['to nobody else', { from: '1555' }, [{ wa_id: '1999', user_id: 'US.1' }], undefined],
    ['to nobody by numbers that are none', { from: 'me' }, [{ wa_id: 'you' }], undefined],
  ])('joins a contact to a message %s', (_case, sender, contacts, expected) => {
    const [element] = splitWebhook(webhook({ metadata, contacts, messages: [{ ...text('a'), ...sender }] }))
    expect(element).toMatchObject({ kind: 'message', contact: expected })
  })

  it('makes texts storable: no NUL, no half of a character, in keys as well', () => {
    const [element] = splitWebhook(
      webhook({ metadata, messages: [{ ...text('a'), text: { body: 'a\0b\uD800c', '\0': '🚚' } }] }),
    )
    expect(element).toMatchObject({ message: { text: { body: 'a\uFFFDb\uFFFDc', '\uFFFD': '🚚' } } })
    const { object } = webhook({})
    const [event] = splitWebhook({ object, entry: [{ id: '\0', changes: [{ field: '\0', value: '\0' }] }] })
    expect(event).toMatchObject({ wabaId: '\uFFFD', field: '\uFFFD', value: '\uFFFD' })
  })

  it('S6: treats a key that would poison an object as a key', () => {
    const { from: _from, ...anonymous } = text('a')
    const poison: unknown = JSON.parse(
      `{"__proto__":{"from":"1555","isAdmin":true},"constructor":1,${JSON.stringify(anonymous).slice(1)}`,
    )
    const [element] = splitWebhook(webhook({ metadata, messages: [poison] }))
    expect(element).toMatchObject({ kind: 'message', message: { constructor: 1 } })
    expect(element).not.toHaveProperty('message.from')
    expect({}).not.toHaveProperty('isAdmin')
  })

  it('S6: sets aside what is nested ten thousand deep, and nothing else', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(10_000)}${']'.repeat(10_000)}`)
    const messages = [text('a'), { ...text('b'), text: deep }, deep, text('c')]
    expect(splitWebhook(webhook({ metadata, contacts: deep, messages, errors: deep })).map(nameOf)).toEqual([
      'message text',
      'malformed message: nested too deep',
      'malformed message: nested too deep',
      'message text',
      'malformed errors: nested too deep',
    ])
    expect(splitWebhook(deep)).toEqual([{ kind: 'malformed', reason: 'not a JSON object' }])
  })

  it('S6: throws for no JSON value whatever', () => {
    const shapes = fc.oneof(
      fc.jsonValue(),
      fc.jsonValue().map(webhook),
      fc.array(fc.jsonValue()).map((messages) => webhook({ metadata, messages })),
    )
    fc.assert(fc.property(shapes, (body) => expect(splitWebhook(body)).toBeInstanceOf(Array)))
  })
})

function nameOf(element: WebhookElement): string {
  if (element.kind === 'message') return `message ${element.message.type}`
  if (element.kind === 'status') return `status ${element.status.status}`
  return element.kind === 'event' ? `event ${element.field}` : `malformed ${element.reason}`
}
