import { describe, expect, it } from '@jest/globals'
import { audioSeconds } from './audio-seconds.ts'
import { isSpeech } from './hear.ts'

it.each(['My orders', 'sí', 'ok', '12345', 'Thank you.', 'não posso hoje'])('takes for speech: %s', (text) =>
  expect(isSpeech(text)).toBe(true),
)
it.each([
  '',
  ' … ',
  '[Music]',
  '(inaudible)',
  '♪ la la ♪',
  'you',
  'Thanks for watching!',
  'Legendas pela comunidade Amara.org',
])('takes for silence: %p', (text) => expect(isSpeech(text)).toBe(false))

describe('the length of a recording', () => {
  it('is at most what its bytes can hold when it does not say', () => {
    expect(audioSeconds(Buffer.alloc(15_000))).toBe(10)
    expect(audioSeconds(Buffer.from('OggS OpusHead'))).toBeLessThan(1)
  })
})
