import { expect, it } from '@jest/globals'
import { maskSpans } from './mask-spans.ts'

const at = (text: string, value: string, kind: string) => {
  const start = text.indexOf(value)
  return { kind, span: { start, end: start + value.length } }
}

it('puts personal data away, and back into whatever names it', () => {
  const text = 'call 555 0101 or 555 0102, not 555 0101'
  const second = { kind: 'phone', span: { start: 31, end: 39 } }
  const masked = maskSpans(text, [second, at(text, '555 0102', 'phone'), at(text, '555 0101', 'phone')])
  expect(masked.text).toBe('call [phone 1] or [phone 2], not [phone 1]')
  expect(masked.restore('note: [phone 2] and [phone 3]')).toBe('note: 555 0102 and [phone 3]')
})

it('of spans that overlap the first one counts', () => {
  const overlapping = [0, 2].map((start) => ({ kind: 'card', span: { start, end: start + 4 } }))
  expect(maskSpans('123456', overlapping).text).toBe('[card 1]56')
})
