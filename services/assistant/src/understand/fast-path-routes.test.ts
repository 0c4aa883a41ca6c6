import { expect, it } from '@jest/globals'
import { EMPTY_SESSION, type Session } from '../session/session.ts'
import { type Intent, takeFastPath } from './fast-path.ts'

const now = Date.parse('2026-11-23T15:00:00Z')
const today = '2026-11-23'
const list: Partial<Session> = { lastList: { orderIds: ['12345', '12346', '12347'], date: today, at: now } }
const checkIn: Partial<Session> = {
  ...list,
  pendingQuestion: { kind: 'check-in', date: today, askedAt: now - 60_000 },
}
const whyQuestion: Partial<Session> = {
  ...list,
  pendingQuestion: { kind: 'decline-reason', date: today, askedAt: now - 60_000 },
}
const tool = (name: string, ref?: string): Intent => ({
  do: 'tool',
  name,
  args: ref === undefined ? {} : { order_ref: ref },
})
const say = (text: string, session: Partial<Session> = {}, sentAt = now) =>
  takeFastPath({ kind: 'words', text }, { session: { ...EMPTY_SESSION, ...session }, today, sentAt })

it.each([
  '1',
  ' 1. ',
  'yes',
  'Sim!',
  'ok',
  '👍',
  'ok, I take all',
  "I'll take it",
  'I accept',
  'Aceito!',
  'acepto la ruta',
])('%s accepts the route that was asked about', (text) => {
  expect(say(text, checkIn)).toEqual(tool('accept_route'))
})

it.each(['2', '#2', 'no', 'Não', 'decline', "I can't", 'recuso', 'no puedo', '👎'])(
  '%s declines the route that was asked about',
  (text) => {
    expect(say(text.replace('#', ''), checkIn)).toEqual(tool('decline_route'))
  },
)

it.each([
  ['1?', tool('get_order_details', '#12345')],
  ['yes?', undefined],
  ['3', tool('get_order_details', '#12347')],
  ['yeah right', undefined],
  ['ok 🙄', undefined],
  ['1 or 2', undefined],
  ["don't decline", undefined],
  ['I accept if someone takes the airport', undefined],
  ['orders', tool('get_orders')],
])('%s is no answer to it', (text, expected) => {
  expect(say(text, checkIn)).toEqual(expected)
})

it('takes an answer to it for three hours, and none from before it or of another day', () => {
  const asked = (askedAt: number, date = today): Partial<Session> => ({
    pendingQuestion: { kind: 'check-in', date, askedAt },
  })
  expect(say('1', asked(now - 2.9 * 3_600_000))).toEqual(tool('accept_route'))
  for (const session of [asked(now - 3.1 * 3_600_000), asked(now + 5_000), asked(now - 60_000, '2026-11-22')])
    expect(say('1', session)).toEqual({ ...tool('accept_route'), isLate: true })
})

it.each(['My truck broke down', 'estou doente', 'no hay gasolina', 'no brakes, no lights'])(
  '%s is the reason that was asked for, word for word',
  (text) => {
    expect(say(text, whyQuestion)).toEqual({ do: 'tool', name: 'decline_route', args: { reason: text } })
  },
)

it.each([
  ['no', tool('decline_route')],
  ['1', tool('decline_route')],
  ['help', tool('help')],
  ['why do you ask?', undefined],
  ['never mind, I do it', undefined],
  ["I'll take it after all", undefined],
])('%s is no reason', (text, expected) => {
  expect(say(text, whyQuestion)).toEqual(expected)
})

it('takes no reaction for a reason', () => {
  expect(
    takeFastPath(
      { kind: 'reaction', emoji: '👍', messageId: 'x' },
      { session: { ...EMPTY_SESSION, ...whyQuestion }, today, sentAt: now },
    ),
  ).toEqual({ do: 'nothing' })
})
