import { expect, it } from '@jest/globals'
import { buttonsMessage, textMessage } from '@waybill/whatsapp'
import { quoted } from './answer-voice.ts'

const buttons = (body: string) => buttonsMessage({ body, buttons: [{ id: 'a', title: 'A' }] })

it('quotes what was heard ahead of the answer, in one message where it fits', () => {
  expect(quoted('🎤 “hi”', [textMessage('Hello')])).toEqual([textMessage('🎤 “hi”\n\nHello')])
  expect(quoted('🎤 “hi”', [buttons('Hello'), textMessage('More')])).toEqual([
    buttons('🎤 “hi”\n\nHello'),
    textMessage('More'),
  ])
  const long = buttons('x'.repeat(1_020))
  expect(quoted('🎤 “hi”', [long])).toEqual([textMessage('🎤 “hi”'), long])
  expect(quoted('🎤 “hi”', [])).toEqual([textMessage('🎤 “hi”')])
})
