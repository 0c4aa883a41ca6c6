import { expect, it } from '@jest/globals'
import { buttonsMessage, textMessage } from '@waybill/whatsapp'
import { mergeReplies } from './merge-replies.ts'

const buttons = buttonsMessage({ body: 'Which?', buttons: [{ id: 'a', title: 'A' }] })
const [a, b, c] = [textMessage('a'), textMessage('b'), textMessage('c')]
const long = textMessage('x'.repeat(2_500))

it.each([
  ['nothing', [], []],
  ['one answer', [['1', a]], [[a, '1']]],
  [
    'texts into one message, which quotes the last',
    [
      ['1', a],
      ['2', b],
    ],
    [[textMessage('a\n\nb'), '2']],
  ],
  [
    'the same text once',
    [
      ['1', a],
      ['2', a],
      ['3', a],
    ],
    [[a, '3']],
  ],
  [
    'the same end once',
    [
      ['1', a],
      ['2', b],
      ['3', b],
    ],
    [[textMessage('a\n\nb'), '3']],
  ],
  [
    'buttons by themselves',
    [
      ['1', a],
      ['2', buttons],
      ['3', b],
      ['4', c],
    ],
    [
      [a, '1'],
      [buttons, '2'],
      [textMessage('b\n\nc'), '4'],
    ],
  ],
  [
    'the same buttons once',
    [
      ['1', buttons],
      ['2', buttons],
    ],
    [[buttons, '2']],
  ],
  [
    'no more than a message holds',
    [
      ['1', long],
      ['2', textMessage(`${'x'.repeat(2_500)}y`)],
    ],
    [
      [long, '1'],
      [textMessage(`${'x'.repeat(2_500)}y`), '2'],
    ],
  ],
] as const)('merges %s', (_case, answers, expected) => {
  const merged = mergeReplies(answers.map(([wamid, reply]) => ({ wamid, replies: [reply] })))
  expect(merged).toEqual(expected.map(([message, replyTo]) => ({ message, replyTo })))
})

it('skips messages that get no answer', () => {
  expect(
    mergeReplies([
      { wamid: '1', replies: [] },
      { wamid: '2', replies: [a] },
    ]),
  ).toEqual([{ message: a, replyTo: '2' }])
})
