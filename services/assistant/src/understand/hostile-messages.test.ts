import { expect, it } from '@jest/globals'
import { growthOf } from '@waybill/test-kit'
import { hostile } from '@waybill/test-kit/hostile'
import fc from 'fast-check'
import { knownStatus } from '../orders/order-status.ts'
import { readCommand } from '../orders/read-command.ts'
import { parseTapId } from '../replies/buttons.ts'
import { EMPTY_SESSION, parseSession } from '../session/session.ts'
import { quotedIn } from '../turns/pointed-at.ts'
import { takeFastPath } from './fast-path.ts'
import { normalize, numberIn } from './normalize.ts'
import { readMessage } from './read-message.ts'

const MESSAGES = [
  { text: { body: 'My orders?' } },
  {
    interactive: { type: 'button_reply', button_reply: { id: 'confirm:12345:2026-11-23', title: 'Confirm' } },
  },
  { interactive: { type: 'list_reply', list_reply: { id: 'details:12345:2026-11-23', title: '#12345' } } },
  { button: { text: 'Yes', payload: 'accept' }, context: { id: 'wamid.1' } },
  { reaction: { message_id: 'wamid.1', emoji: '👍' } },
  { image: { id: '1', mime_type: 'image/jpeg', sha256: 'x', caption: 'Door' } },
  { location: { latitude: 40.7, longitude: -74 } },
  { edit: { original_message_id: 'wamid.1', message: { type: 'text', text: { body: 'No' } } } },
  { system: { type: 'user_changed_number', body: 'x' } },
]
const order = {
  ...{ id: '1', customer: { name: 'a' }, address: { line: 'b' }, sequence: 1, items: [] },
  window: { start: '2026-11-23T09:00:00Z', end: '2026-11-23T10:00:00Z' },
}
const KINDS = [
  'text',
  'interactive',
  'button',
  'reaction',
  'image',
  'location',
  'edit',
  'system',
  'audio',
  'hologram',
]
const session = {
  ...EMPTY_SESSION,
  lastList: { orderIds: ['12345', '12346'], date: '2026-11-23', at: 1 },
  pendingQuestion: { kind: 'confirm-order' as const, orderId: '12346', askedAt: 1 },
}
const kinds = fc.oneof(fc.constantFrom(...KINDS), hostile.text)

it('S6: whatever a message holds is something that a driver did', () => {
  fc.assert(
    fc.property(kinds, fc.constantFrom(...MESSAGES).chain(hostile.variantOf), (kind, body) => {
      const input = readMessage({ kind, body })
      expect(input.kind).not.toBe('')
      expect(takeFastPath(input, { session, today: '2026-11-23', sentAt: 2 })?.do ?? 'nothing').not.toBe('')
      expect(quotedIn(body) ?? '').not.toBe(null)
    }),
  )
})

it('S12: whatever Redis or the rows of another version hold is a session and a command, or none', () => {
  const payload = {
    orderId: '12345',
    at: 1,
    date: '2026-11-23',
    reason: 'x',
    report: { status: 'delivered' },
    language: 'en',
  }
  fc.assert(
    fc.property(
      kinds,
      hostile.variantOf(session),
      hostile.variantOf(payload),
      hostile.text,
      (kind, held, row, id) => {
        expect(parseSession(held) ?? EMPTY_SESSION).toHaveProperty('pendingQuestion')
        for (const it of [kind, 'confirm-order', 'decline-route', 'report-status'])
          expect(readCommand(it, row)?.refusal ?? 'none').not.toBe('')
        expect(parseTapId(id)?.date ?? '2026-11-23').toMatch(/^\d{4}-\d\d-\d\d$/)
      },
    ),
  )
})

it.each(['constructor', '__proto__', 'toString', 'valueOf'])('S6: %s is a word like any other', (word) => {
  expect(numberIn(normalize(`El ${word} no está`))).toBeUndefined()
  expect(numberIn(word)).toBeUndefined()
  expect(readMessage({ kind: word, body: {} })).toEqual({ kind: 'unreadable', sentence: 'other' })
  expect(knownStatus({ ...order, status: word })).toBeUndefined()
})

it.each(['a', ' ', '1 ', '\u0301', '👩‍👩‍👧', '#', 'ﷺ', '\u200B', '12345 e ', 'no, '])(
  'S13: reads a message of many %j in time in proportion',
  (piece) => {
    const read = (text: string) =>
      takeFastPath(readMessage({ kind: 'text', body: { text: { body: normalize(text) + text } } }), {
        ...{ session, today: '2026-11-23', sentAt: 2 },
      })
    expect(growthOf(read, piece)).toBeLessThan(10)
  },
)
