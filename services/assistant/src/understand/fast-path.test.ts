import { describe, expect, it } from '@jest/globals'
import { EMPTY_SESSION, type Session } from '../session/session.ts'
import { type Intent, takeFastPath } from './fast-path.ts'

const now = Date.parse('2026-11-23T15:00:00Z')
const today = '2026-11-23'
const list: Partial<Session> = { lastList: { orderIds: ['12345', '12346', '12347'], date: today, at: now } }
const confirmQuestion: Partial<Session> = {
  ...list,
  pendingQuestion: { kind: 'confirm-order', orderId: '12346', askedAt: now - 60_000 },
}
const whichQuestion: Partial<Session> = {
  ...list,
  pendingQuestion: {
    kind: 'which-order',
    tool: 'confirm_order',
    candidates: ['12347', '12345'],
    askedAt: now - 60_000,
  },
}
const checkIn: Partial<Session> = {
  ...list,
  pendingQuestion: { kind: 'check-in', date: today, askedAt: now - 60_000 },
}
const tool = (name: string, ref?: string): Intent => ({
  do: 'tool',
  name,
  args: ref === undefined ? {} : { order_ref: ref },
})
const say = (text: string, session: Partial<Session> = {}, sentAt = now) =>
  takeFastPath({ kind: 'words', text }, { session: { ...EMPTY_SESSION, ...session }, today, sentAt })

const reported = (status: string, ref?: string): Intent => ({
  do: 'tool',
  name: 'report_status',
  args: ref === undefined ? { status } : { status, order_ref: ref },
})

describe('a whole report', () => {
  it.each<[string, Intent | undefined]>([
    ['Delivered', reported('delivered')],
    ['entregue!', reported('delivered')],
    ['entregado', reported('delivered')],
    ['Ya entregué', reported('delivered')],
    ['12345 delivered', reported('delivered', '#12345')],
    ['delivered #12345', reported('delivered', '#12345')],
    ['entreguei o 12345', reported('delivered', '#12345')],
    ['Pedido 12345 entregue.', reported('delivered', '#12345')],
    ['order bx12345 delivered', reported('delivered', '#bx12345')],
    ['cheguei', reported('arrived')],
    ["I've arrived", reported('arrived')],
    ['Llegué', reported('arrived')],
    ['delivered?', undefined],
    ['¿entregado?', undefined],
    ['not delivered', undefined],
    ['não entregue', undefined],
    ['no entregue el 12345', undefined],
    ['entregue 12345 12346', undefined],
    ['12345 delivered or not', undefined],
    ['delivered 🙄', undefined],
    ['delivered at the door', undefined],
    ['entregue a 3', undefined],
    [`delivered ${'1'.repeat(200)}`, undefined],
  ])('%s', (text, intent) => {
    expect(say(text, list)).toEqual(intent)
  })

  it('is the reason why the route is declined, where that was asked', () => {
    const asked = { kind: 'decline-reason', date: today, askedAt: now - 60_000 } as const
    expect(say('arrived 12345', { pendingQuestion: asked })).toMatchObject({ name: 'decline_route' })
  })
})

describe('words', () => {
  it.each<[string, Partial<Session>, Intent | undefined]>([
    ['2', list, tool('get_order_details', '#12346')],
    ['#2', list, tool('get_order_details', '#12346')],
    [' 2. ', list, tool('get_order_details', '#12346')],
    ['the second one', list, tool('get_order_details', '#12346')],
    ['o segundo', list, tool('get_order_details', '#12346')],
    ['la tercera', list, tool('get_order_details', '#12347')],
    ['pedido 1', list, tool('get_order_details', '#12345')],
    ['4', list, { do: 'out-of-range', count: 3 }],
    ['0', list, { do: 'out-of-range', count: 3 }],
    ['2', {}, tool('get_orders')],
    ['2', { lastList: { orderIds: ['1'], date: '2026-11-22', at: 0 } }, { do: 'say', what: 'tap-closed' }],
    ['12346', list, tool('get_order_details', '#12346')],
    ['#99999', list, tool('get_order_details', '#99999')],
    ['99999', list, undefined],
    ['12346', {}, undefined],
    ['1', whichQuestion, tool('confirm_order', '#12347')],
    ['2', whichQuestion, tool('confirm_order', '#12345')],
    ['3', whichQuestion, { do: 'out-of-range', count: 2 }],
    ['orders', {}, tool('get_orders')],
    ['Pedidos', {}, tool('get_orders')],
    ['next', {}, tool('get_next_order')],
    ["what's next?", {}, tool('get_next_order')],
    ['qual a próxima', {}, tool('get_next_order')],
    ['Próximo', {}, tool('get_next_order')],
    ['ayuda', {}, tool('help')],
    ['Bom dia!', {}, { do: 'say', what: 'greeting' }],
    ['Obrigado 🙏', {}, undefined],
    ['obrigado!', {}, { do: 'say', what: 'thanks' }],
    ['What are my orders today?', {}, undefined],
    ['confirm order 2', list, undefined],
  ])('%s', (text, session, expected) => {
    expect(say(text, session)).toEqual(expected)
  })

  it.each(['yes', 'Yes!', 'SIM', 'sí', 'claro', 'ok', '👍', '👍🏽', 'confirmo'])(
    '%s answers the open question',
    (text) => {
      expect(say(text, confirmQuestion)).toEqual(tool('confirm_order', '#12346'))
    },
  )

  it.each(['no', 'Não', '👎', 'not now', 'ahora no'])('%s leaves the order as it is', (text) => {
    expect(say(text, confirmQuestion)).toEqual({ do: 'leave', orderId: '12346' })
  })

  it.each([
    'yes?',
    'ok but which order is that',
    "don't confirm",
    'should I?',
    'confirm 12347',
    'yes if the gate is open',
    'não sei',
  ])('%s is no clear yes', (text) => {
    expect(say(text, confirmQuestion)).toBeUndefined()
  })

  it('does not take a yes that was sent before the question was asked', () => {
    const asked: Partial<Session> = {
      pendingQuestion: { kind: 'confirm-order', orderId: '12346', askedAt: now },
    }
    expect(say('yes', asked, now - 5_000)).toEqual({ ...tool('confirm_order', '#12346'), isLate: true })
  })

  it('does not take a yes to a question of hours ago', () => {
    const asked: Partial<Session> = {
      pendingQuestion: { kind: 'confirm-order', orderId: '12346', askedAt: now - 3 * 3_600_000 },
    }
    expect(say('yes', asked)).toEqual({ ...tool('confirm_order', '#12346'), isLate: true })
  })

  it.each(['undo', 'Desfazer', 'deshacer'])('%s takes the last decline back', (text) => {
    expect(say(text)).toEqual({ do: 'undo', commandId: undefined })
  })

  it('says that nothing was asked when nothing was asked', () => {
    expect(say('yes')).toEqual({ do: 'say', what: 'nothing-asked' })
  })
})

describe('taps', () => {
  const tap = (id: string) =>
    takeFastPath(
      { kind: 'tap', id, title: 'Yes' },
      { session: { ...EMPTY_SESSION, ...confirmQuestion }, today, sentAt: now },
    )

  it.each<[string, Intent | undefined]>([
    ['confirm:12345:2026-11-23', tool('confirm_order', '#12345')],
    ['details:12345:2026-11-23', tool('get_order_details', '#12345')],
    ['keep:12345:2026-11-23', { do: 'leave', orderId: '12345' }],
    ['page:9:2026-11-23', { do: 'page', offset: 9 }],
    ['confirm:12345:2026-11-22', { do: 'say', what: 'tap-closed' }],
    ['details:12345:2026-11-22', { do: 'say', what: 'tap-closed' }],
    ['next:-:2026-11-22', tool('get_next_order')],
    ['orders:-:2026-11-22', tool('get_orders')],
    ['accept:-:2026-11-23', tool('accept_route')],
    ['decline:-:2026-11-23', tool('decline_route')],
    ['accept:-:2026-11-22', { do: 'say', what: 'tap-closed' }],
    ['undo:abc-1:2026-11-23', { do: 'undo', commandId: 'abc-1' }],
    ['undo:abc-1:2026-11-22', { do: 'say', what: 'tap-closed' }],
    ['delete:12345:2026-11-23', undefined],
    ['confirm:12345', undefined],
    ['', undefined],
  ])('%s', (id, expected) => {
    expect(tap(id)).toEqual(expected)
  })
})

describe('reactions', () => {
  const react = (emoji: string, session: Partial<Session>) =>
    takeFastPath(
      { kind: 'reaction', emoji, messageId: 'x' },
      { session: { ...EMPTY_SESSION, ...session }, today, sentAt: now },
    )

  it.each<[string, Partial<Session>, Intent]>([
    ['👍', confirmQuestion, tool('confirm_order', '#12346')],
    ['👍🏿', confirmQuestion, tool('confirm_order', '#12346')],
    ['👎', confirmQuestion, { do: 'leave', orderId: '12346' }],
    ['😂', confirmQuestion, { do: 'nothing' }],
    ['👍', list, { do: 'nothing' }],
    ['👍', whichQuestion, { do: 'nothing' }],
    ['👍', checkIn, tool('accept_route')],
    ['👎', checkIn, tool('decline_route')],
    ['🙄', checkIn, { do: 'nothing' }],
  ])('%s', (emoji, session, expected) => {
    expect(react(emoji, session)).toEqual(expected)
  })
})
