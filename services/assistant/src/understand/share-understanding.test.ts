import { expect, it } from '@jest/globals'
import { EMPTY_SESSION, type PendingQuestion } from '../session/session.ts'
import { EXAMPLES } from './examples.ts'
import { createSharing } from './share-understanding.ts'

const sharing = createSharing(EXAMPLES)
const keyOf = (
  words: string,
  language: 'en' | 'pt' | 'es' = 'en',
  pendingQuestion: PendingQuestion | null = null,
) => sharing.keyOf(words, { language, session: { ...EMPTY_SESSION, pendingQuestion } })

it.each([
  'What are my orders today?',
  'how many deliveries do i have tomorrow',
  'what is the status of order 12345',
  'Quais são meus pedidos de hoje?',
  '¿Cuáles son mis pedidos de hoy?',
])('%s means the same whoever says it', (words) => {
  expect(keyOf(words)).toMatch(/^understanding:[\w-]{43}$/)
})

it.each([
  ['a phone number', 'call me at +55 11 98765-0102'],
  ['a name of a person', 'where does Maria Silva live'],
  ['a name in lower case', 'details for joao'],
  ['a street', 'is my next stop at 12 Elm Street'],
  ['what was spoken of before', 'where is it'],
  ['what was spoken of before, in Portuguese', 'qual o endereço desse pedido e o cliente'],
  ['the rest of a sentence', 'and tomorrow'],
  ['one word', 'orders'],
  ['a novel', 'what are my orders '.repeat(20)],
])('%s is not shared', (_what, words) => {
  expect(keyOf(words)).toBeUndefined()
})

it.each([
  ['a question and a statement', 'confirm order 12345?', 'confirm order 12345'],
  ['yes and if in Spanish', 'sí confirmo el pedido 12345', 'si confirmo el pedido 12345'],
  ['one order and two', 'is order 12345 my order 12345', 'is order 12345 my order 12346'],
  ['two places in a list', 'what is the status of order 1', 'what is the status of order 2'],
  ['a negation', "i can't do the route today", 'i can do the route today'],
])('%s are two keys', (_what, one, other) => {
  expect(keyOf(one)).not.toBe(keyOf(other))
})

it('keeps apart what differs by language or by what was asked, and not by who, when or which', () => {
  const words = 'what are my orders today'
  const asked = (orderId: string, askedAt: number) =>
    keyOf(words, 'en', { kind: 'confirm-order', orderId, askedAt })
  expect(keyOf(words, 'pt')).not.toBe(keyOf(words, 'en'))
  expect(asked('12345', 1)).not.toBe(keyOf(words))
  expect(asked('12345', 1)).toBe(asked('99999', 2))
})

it('shares a reading only when its arguments stand in the words', () => {
  const reading = (name: string, args: Record<string, unknown>) => [{ name, args }]
  const words = 'details of order 12345 tomorrow'
  expect(
    sharing.isShareable(words, reading('get_order_details', { order_ref: '12345', language: 'en' })),
  ).toBe(true)
  expect(sharing.isShareable(words, reading('get_orders', { day: 'tomorrow' }))).toBe(true)
  expect(sharing.isShareable(words, reading('get_order_details', { order_ref: '12346' }))).toBe(false)
  expect(sharing.isShareable(words, reading('get_order_details', { order_ref: '1234' }))).toBe(false)
  expect(sharing.isShareable(words, reading('get_order_details', { driver: '12345' }))).toBe(false)
  expect(sharing.isShareable(words, reading('fly', {}))).toBe(false)
  expect(sharing.isShareable(words, [])).toBe(false)
})

it('shares what is meant between orders, and gives each driver his own', () => {
  const [words, others] = ['what is the status of order 12345', 'What is the status of order B123456']
  expect(keyOf(words)).toBe(keyOf(others))
  const calls = [{ name: 'get_order_details', args: { order_ref: '12345', language: 'en' } }]
  const shared = sharing.general(words, calls)
  expect(JSON.stringify(shared)).not.toContain('12345')
  expect(sharing.particular(words, shared)).toEqual(calls)
  expect(sharing.particular(others, shared)).toEqual([
    { name: 'get_order_details', args: { order_ref: 'B123456', language: 'en' } },
  ])
})
