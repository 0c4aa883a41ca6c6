import { describe, expect, it } from '@jest/globals'
import { delayIn, placeIn, type ReportKind, readReport, reasonIn } from './report-words.ts'

describe('words that report', () => {
  it.each<[string, ReportKind, ReportKind | 'question', boolean]>([
    ['delivered 12346', 'delivered', 'delivered', true],
    ['12346 entregue na portaria', 'delivered', 'delivered', true],
    ['entregué el 12346', 'delivered', 'delivered', true],
    ["I couldn't deliver 12346, nobody home", 'delivered', 'problem', true],
    ['I could not deliver 12346', 'delivered', 'problem', true],
    ['não consegui entregar o 12346', 'delivered', 'problem', true],
    ['no pude entregar el 12346', 'delivered', 'problem', true],
    ['o cliente recusou', 'delivered', 'problem', true],
    ['the store is closed', 'problem', 'problem', true],
    ['no hay nadie', 'problem', 'problem', true],
    ["I can't get in", 'problem', 'problem', true],
    ['arrived', 'arrived', 'arrived', true],
    ['cheguei no local', 'arrived', 'arrived', true],
    ['ya llegué', 'arrived', 'arrived', true],
    ["I'm 20 min late", 'running_late', 'running_late', true],
    ['vou atrasar meia hora', 'running_late', 'running_late', true],
    ['llego a las 3', 'running_late', 'running_late', true],
    ['delivered?', 'delivered', 'question', false],
    ['was 12346 delivered', 'delivered', 'question', false],
    ['did I deliver 12346', 'delivered', 'question', false],
    ['¿ya se entregó el 12346?', 'delivered', 'question', false],
    ["I haven't delivered 12346 yet", 'delivered', 'delivered', false],
    ['not delivered yet', 'delivered', 'problem', false],
    ["I'll say delivered if they open", 'delivered', 'delivered', false],
    ['delivered 😂', 'delivered', 'delivered', false],
    ['delivered but the box was damaged', 'delivered', 'delivered', false],
    ['I did not deliver 12345', 'delivered', 'problem', false],
    ['no problem', 'problem', 'problem', false],
    ["it isn't closed", 'problem', 'problem', false],
    ['if it is closed I go on', 'problem', 'problem', false],
    ['I might be late', 'running_late', 'running_late', false],
    ['not late', 'running_late', 'running_late', false],
    ['I have not arrived', 'arrived', 'arrived', false],
  ])('%s', (text, asked, kind, isClear) => {
    expect(readReport(text, asked)).toEqual({ kind, isClear })
  })

  it.each([
    ['nobody home', 'closed'],
    ['está fechado', 'closed'],
    ['the gate is closed', 'no_access'],
    ['endereço errado', 'wrong_address'],
    ['la dirección está equivocada', 'wrong_address'],
    ['the customer refused it', 'refused'],
    ['caja dañada', 'damaged'],
    ['all fine', undefined],
  ])('why: %s', (text, reason) => {
    expect(reasonIn(text)).toBe(reason)
  })
})

describe('how late', () => {
  const at = Date.parse('2026-11-23T18:10:00Z') // 1:10 PM in New York
  const now = { at, wallClock: '13:10' }
  it.each([
    ["I'm 20 min late", { minutes: 20 }],
    ['vou atrasar meia hora', { minutes: 30 }],
    ['atraso de uma hora', { minutes: 60 }],
    ['una hora y media', { minutes: 90 }],
    ['twenty minutes late', { minutes: 20 }],
    ['2 hours late', { minutes: 120 }],
    ['llego a las 3', { eta: Date.parse('2026-11-23T20:00:00Z') }],
    ["I'll be there at 3:30 pm", { eta: Date.parse('2026-11-23T20:30:00Z') }],
    ['chego às 14h', { eta: Date.parse('2026-11-23T19:00:00Z') }],
    ['running late', undefined],
    ['late for 12346', undefined],
    ['at 12346', undefined],
  ])('%s', (text, delay) => {
    expect(delayIn(text, now)).toEqual(delay)
  })
})

it('takes the place from the words', () => {
  expect(placeIn('Left it at the front door')).toBe('at the front door')
  expect(placeIn('entreguei na portaria')).toBe('na portaria')
  expect(placeIn('delivered')).toBeUndefined()
})
