import { describe, expect, it } from '@jest/globals'
import { growthOf } from '@waybill/test-kit'
import fc from 'fast-check'
import { DAY, SETTINGS } from '../../test/sample-day.ts'
import type { Sighting } from '../finding.ts'
import { checkOutput } from './check-output.ts'

const check = (text: string, permissions: string[] = [], findPersonalData?: (text: string) => Sighting[]) =>
  checkOutput({
    ...{ text, facts: DAY, permissions, language: 'en', settings: SETTINGS },
    ...(findPersonalData && { findPersonalData }),
  })
const named = ({ sightings }: ReturnType<typeof check>) => sightings.map((it) => `${it.check} ${it.kind}`)

describe('phones and addresses of e-mail', () => {
  const text = '👋 Call +1 212-555-0173.'
  it('of customers stay for those who may see them', () => {
    expect(check(text, ['customer-phone'])).toEqual({ sightings: [], text })
  })
  it('are masked for all others', () => {
    expect(check(text).text).toBe('👋 Call •••.')
    expect(named(check(text))).toEqual(['pii phone'])
    expect(check('2125550173').text).toBe('•••')
    expect(check('https://www.google.com/?q=%2B12125550173').text).toBe('•••')
  })
  it('that stand nowhere are masked for everybody', () => {
    const invented = check('Call +1 212-555-0199 or a@b.com', ['customer-phone', 'customer-email'])
    expect(invented.text).toBe('Call ••• or •••')
    expect(named(invented)).toEqual(['grounding phone', 'pii phone', 'grounding email', 'pii email'])
  })
  it('are what another finder says too, except where they may stay', () => {
    const finder = (it: string): Sighting[] =>
      ['+1 212-555-0173', 'AB123'].flatMap((value) => {
        const start = it.indexOf(value)
        return start < 0 ? [] : [{ check: 'pii', score: 1, span: { start, end: start + value.length } }]
      })
    expect(check(`${text} AB123`, ['customer-phone'], finder).text).toBe(`${text} •••`)
  })
})

it('takes tracking out of links, and leaves the rest of the text alone', () => {
  const link = 'https://www.google.com/maps?api=1'
  expect(check(`🗺️ ${link}&utm_source=x ok`).text).toBe(`🗺️ ${link} ok`)
})

describe('limits', () => {
  it.each([
    ['a'.repeat(4_097), 'limits too_long'],
    ['', 'limits empty'],
    [' \u200B\n', 'limits empty'],
    ['a\0b', 'limits control_character'],
    ['a\u202Eb', 'limits control_character'],
    ['a\uD800b', 'limits lone_surrogate'],
  ])('are seen: %j', (text, expected) => expect(named(check(text))).toEqual([expected]))
  it.each(['a'.repeat(4_096), 'a\tb\r\nc', '👩‍🚒 ok', '\u200Fאב'])('let through: %j', (text) =>
    expect(named(check(text))).toEqual([]),
  )
})

describe('whatever the text and the facts are', () => {
  const pieces = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom(
      'https://',
      'www.',
      '.com',
      '@',
      '+1 212 555 0173',
      '12:30',
      'R$ 1.000,',
      '/',
      '23/11',
      '\uD800',
    ),
    fc.constantFrom(
      'Maria ',
      'de ',
      '📍 ',
      '٣',
      '👤 ',
      'get_',
      '\u200B',
      '\n',
      '2026-99-99T25:61:00Z',
      '%zz',
      '...',
    ),
  )
  const texts = fc.array(pieces, { maxLength: 30 }).map((it) => it.join(''))

  it('never throws, and points into the text', () => {
    fc.assert(
      fc.property(
        texts,
        fc.jsonValue(),
        fc.string({ maxLength: 5 }),
        texts,
        (text, facts, language, fact) => {
          const { sightings } = checkOutput({
            ...{
              text,
              facts: [facts, fact, { now: facts, today: fact, [fact]: fact }],
              permissions: [],
              language,
            },
            settings: { ...SETTINGS, timeZone: fact },
          })
          for (const { span } of sightings) {
            expect(span.start).toBeLessThanOrEqual(span.end)
            expect(span.end).toBeLessThanOrEqual(text.length)
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  it('takes facts however deep they are', () => {
    let facts: unknown = 'Maria'
    for (let depth = 0; depth < 100_000; depth++) facts = [facts]
    expect(
      checkOutput({ text: 'Ask Maria', facts, permissions: [], language: 'en', settings: SETTINGS })
        .sightings,
    ).toEqual([])
  })

  it.each([
    ...[
      'a',
      '1',
      '1 ',
      '1.',
      '1:',
      'A ',
      'Aa ',
      'a.',
      'a-',
      'a@',
      '@',
      '/',
      '+',
      '(',
      ' ',
      '\n',
      '*',
      '📍 ',
      '• 1 × ',
    ],
    ...[
      'https://',
      'a.com ',
      'a_b(',
      'g ',
      'get_',
      '12:30 ',
      '1/1/',
      '2026-11-23',
      'R$ ',
      '+1 212 ',
      'Rua de ',
      '\u200B',
    ],
    ...['١', '\uD800', '"name":', '<|', 'QUFB', '99999999 ', 'A...', "a'", 'de ', '1 Main, '],
  ])('takes time in proportion to the length: %j', (piece) => {
    expect(growthOf(check, piece)).toBeLessThan(8)
  })
})
