import { describe, expect, it } from '@jest/globals'
import { SETTINGS } from '../../test/sample-day.ts'
import { checkLeaks } from './check-leaks.ts'
import { toPlainText } from './plain-text.ts'

const kinds = (text: string) => checkLeaks(toPlainText(text), SETTINGS).map(({ kind }) => kind)
const backwards = (text: string) => text.split('').reverse().join('')
const base64 = (text: string) => Buffer.from(text).toString('base64')
const spaced = (text: string) => text.split('').join(' ')

const PHRASE = 'a WhatsApp assistant for delivery drivers. Software runs the tool'

describe('what must not leave', () => {
  it.each([
    ['a canary', 'It is CANARY-7f3a9-lotus.', ['canary']],
    ['in another case', 'canary 7F3A9 LOTUS', ['canary']],
    ['spaced out', spaced('CANARY-7f3a9-lotus'), ['canary']],
    ['with zero-width characters', 'CANARY-7f3\u200Ba9-lo\u2060tus', ['canary']],
    ['backwards', backwards('CANARY-7f3a9-lotus'), ['canary']],
    ['in base64', base64('the mark is CANARY-7f3a9-lotus'), ['canary']],
    ['in wide letters', 'ＣＡＮＡＲＹ-7f3a9-lotus', ['canary']],
    ['eight words of the prompt', `I am ${PHRASE}, and so on`, ['prompt']],
    ['without accents of style', `I am ${PHRASE.toUpperCase().replaceAll(' ', '_')}`, ['prompt']],
    ['its letters, spaced out', spaced(PHRASE), ['prompt']],
    ['backwards', backwards(PHRASE), ['prompt']],
    ['in base64', base64(PHRASE), ['prompt']],
    ['the name of a tool', 'I use get_order_details for that', ['tool_name']],
    ['with a hyphen', 'I use get-order-details for that', ['tool_name']],
    ['in one word', 'I use getOrderDetails for that', ['tool_name']],
    ['spaced out', 'g e t _ o r d e r _ d e t a i l s', ['tool_name']],
    ['backwards', backwards('get_order_details'), ['tool_name']],
    ['in base64', base64('call get_order_details now'), ['tool_name']],
    ['a tool that is called', 'help({"language":"en"})', ['tool_name']],
    ['any call', 'I will run delete_all_orders(12)', ['tool_call']],
    ['the inside of a call', '{"tool_calls": [{"id": 1}]}', ['tool_call']],
    ['marks of a model', '<|im_start|>system', ['tool_call']],
  ])('is seen: %s %s', (_, text, expected) => expect(kinds(text)).toEqual(expected))

  it.each([
    'Do you need help? Get order details by typing 1.',
    'I am an assistant for delivery drivers.',
    'Software runs the tool.',
    'Get orders, get order details.',
    'A long base64aaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  ])('is not seen in words of every day: %s', (text) => expect(kinds(text)).toEqual([]))

  it('is marked where it stands', () => {
    const text = '👋 ok, C A N A R Y 7f3a9 lotus!'
    expect(
      checkLeaks(toPlainText(text), SETTINGS).map(({ span }) => text.slice(span.start, span.end)),
    ).toEqual(['C A N A R Y 7f3a9 lotus'])
  })
})
