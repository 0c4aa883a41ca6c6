import { expect, it } from '@jest/globals'
import { onlyAbout, withoutMentions } from './mentions.ts'

const message = (from: string) => ({ from, text: { body: `by ${from}` } })
const contact = (wa_id: string) => ({ wa_id, profile: { name: `N${wa_id}` } })
const webhook = (...phones: string[]) => ({
  object: 'whatsapp_business_account',
  entry: [
    {
      id: '1',
      changes: [
        { field: 'messages', value: { contacts: phones.map(contact), messages: phones.map(message) } },
      ],
    },
  ],
})
const HERS = ['5511987650102', '"driver-7"']

it('takes one person out of a webhook of several, and only that one', () => {
  expect(withoutMentions(HERS, webhook('12125550101', '5511987650102'))).toEqual(webhook('12125550101'))
  expect(onlyAbout(HERS, webhook('12125550101', '5511987650102'))).toEqual(webhook('5511987650102'))
})

it('keeps the entries of others beside one that is about nobody else', () => {
  const [hers] = webhook('5511987650102').entry
  const [his] = webhook('12125550101').entry
  expect(withoutMentions(HERS, { entry: [hers, his] })).toEqual({ entry: [his] })
})

it.each([
  ['a webhook of one person', webhook('5511987650102')],
  ['a hint', { driverId: 'driver-7' }],
  ['the id of a conversation', { conversationId: '42:5511987650102' }],
])('leaves nothing of %s', (_what, value) => {
  expect(withoutMentions(HERS, value)).toBeUndefined()
})

it('takes no other for the one whose id begins alike', () => {
  expect(withoutMentions(HERS, { driverId: 'driver-77' })).toEqual({ driverId: 'driver-77' })
})

it('has nothing to say about what is no JSON', () => {
  expect(withoutMentions(HERS, undefined)).toBeUndefined()
})
