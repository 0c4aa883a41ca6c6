import { expect, it } from '@jest/globals'
import { readMessage } from './read-message.ts'

it.each([
  ['text', { text: { body: ' hi ' } }, { kind: 'words', text: 'hi' }],
  ['text', { text: { body: 'a\u0000b' } }, { kind: 'words', text: 'ab' }],
  ['text', { text: { body: '   ' } }, { kind: 'unreadable', sentence: 'other' }],
  ['text', {}, { kind: 'unreadable', sentence: 'other' }],
  ['text', null, { kind: 'unreadable', sentence: 'other' }],
  [
    'interactive',
    { interactive: { type: 'button_reply', button_reply: { id: 'a', title: 'A' } } },
    { kind: 'tap', id: 'a', title: 'A' },
  ],
  [
    'interactive',
    { interactive: { type: 'list_reply', list_reply: { id: 'b', title: 'B', description: 'd' } } },
    { kind: 'tap', id: 'b', title: 'B' },
  ],
  [
    'interactive',
    { interactive: { type: 'nfm_reply', nfm_reply: {} } },
    { kind: 'unreadable', sentence: 'other' },
  ],
  ['button', { button: { text: 'Accept', payload: 'p' } }, { kind: 'tap', id: 'p', title: 'Accept' }],
  [
    'reaction',
    { reaction: { message_id: 'x', emoji: '👍' } },
    { kind: 'reaction', emoji: '👍', messageId: 'x' },
  ],
  ['reaction', { reaction: { message_id: 'x' } }, { kind: 'reaction', emoji: undefined, messageId: 'x' }],
  [
    'system',
    { system: { type: 'user_changed_number' } },
    { kind: 'identity-changed', reason: 'user_changed_number' },
  ],
  ['system', { system: { type: 'something_new' } }, { kind: 'silent' }],
  ['request_welcome', {}, { kind: 'welcome' }],
  ['audio', { audio: { voice: true } }, { kind: 'unreadable', sentence: 'voice' }],
  ['image', {}, { kind: 'unreadable', sentence: 'image' }],
  ['edit', {}, { kind: 'unreadable', sentence: 'changed' }],
  ['unsupported', { errors: [{ code: 131051 }] }, { kind: 'unreadable', sentence: 'other' }],
  ['hologram', {}, { kind: 'unreadable', sentence: 'other' }],
])('%s %j', (kind, body, expected) => {
  expect(readMessage({ kind, body })).toEqual(expected)
})
