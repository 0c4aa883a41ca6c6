import { describe, expect, it } from '@jest/globals'
import type { PointedAt } from '@waybill/database'
import { buttonsMessage, listMessage, textMessage } from '@waybill/whatsapp'
import { EMPTY_SESSION, type Session } from '../session/session.ts'
import { isOpenQuestion, ordersShown, quotedIn, sessionThere } from './pointed-at.ts'

const today = '2026-11-23'
const day = { today, timeZone: 'America/New_York' }
const at = Date.parse('2026-11-23T15:00:00Z')
const then: Session = { ...EMPTY_SESSION, at }
const from = (content: unknown, session: Session = then, isQuestion = false): PointedAt => ({
  author: 'assistant',
  at: session.at,
  content,
  session,
  isQuestion,
  hasWritten: false,
})
const own = (content: unknown, session: Session = then): PointedAt => ({
  ...from(content, session),
  author: 'driver',
})
const buttons = (...ids: string[]) =>
  buttonsMessage({ body: 'Sure about #99999?', buttons: ids.map((id) => ({ id, title: id.slice(0, 20) })) })

describe('orders of a quoted message', () => {
  it.each([
    ['a numbered list', from(textMessage('1. #12345 - A\n2. #12346 - B\n3. #12345')), ['12345', '12346']],
    ['buttons of an order', from(buttons(`confirm:12345:${today}`, `next:-:${today}`)), ['12345']],
    [
      'buttons that report of orders',
      from(buttons(`report:delivered~12345:${today}`, `report:problem~closed~12346:${today}`)),
      ['12345', '12346'],
    ],
    ['buttons of yesterday', from(buttons('confirm:12345:2026-11-22')), ['99999']],
    [
      'a list to pick from',
      from(
        listMessage({
          body: 'Orders',
          button: 'See',
          sections: [{ rows: ['1', '2'].map((n) => ({ id: `details:${n}0000:${today}`, title: n })) }],
        }),
      ),
      ['10000', '20000'],
    ],
    ['words without an order', from(textMessage('You are welcome. 12 left')), []],
    ['a message of yesterday', from(textMessage('#12345'), { ...then, at: at - 86_400_000 }), []],
    ['own words', own({ kind: 'text', body: { text: { body: 'and #12347?' } } }), ['12347']],
    [
      'an own photo',
      own({ kind: 'image', body: {} }, { ...then, focus: { orderId: '12346', date: today } }),
      ['12346'],
    ],
    ['something that is not a message', from({ type: 'x' }), []],
  ])('%s', (_what, pointed, expected) => expect(ordersShown(pointed, day)).toEqual(expected))
})

it('goes back to where the quoted message was', () => {
  const asked = { kind: 'confirm-order', orderId: '12346', askedAt: 5 } as const
  const now: Session = { ...then, pendingQuestion: asked, focus: { orderId: '12347', date: today } }
  const list = from(textMessage('1. #12345\n2. #12346'))
  expect(sessionThere(now, list, day)).toMatchObject({
    pendingQuestion: null,
    focus: null,
    lastList: { orderIds: ['12345', '12346'] },
  })
  expect(sessionThere(now, from(textMessage('#12345')), day)).toMatchObject({ focus: { orderId: '12345' } })
  const earlier = { ...asked, orderId: '12345', askedAt: 3 }
  const question = from(buttons(`confirm:12345:${today}`), { ...then, pendingQuestion: earlier }, true)
  expect(sessionThere(now, question, day)).toMatchObject({ pendingQuestion: earlier })
})

it('knows the message with which the open question was asked', () => {
  const pendingQuestion = { kind: 'confirm-order', orderId: '1', askedAt: 5 } as const
  const session = { ...then, pendingQuestion }
  expect(isOpenQuestion(from({}, session, true), session)).toBe(true)
  expect(isOpenQuestion(from({}, session, false), session)).toBe(false)
  expect(isOpenQuestion(from({}, session, true), { ...session, pendingQuestion: null })).toBe(false)
  const newer = { ...session, pendingQuestion: { ...pendingQuestion, askedAt: 6 } }
  expect(isOpenQuestion(from({}, session, true), newer)).toBe(false)
  expect(isOpenQuestion(undefined, session)).toBe(false)
})

it('takes a forwarded message for no reply', () => {
  expect(quotedIn({ context: { forwarded: true } })).toBeUndefined()
  expect(quotedIn({ context: { from: '1', id: 'wamid.x' } })).toBe('wamid.x')
})
