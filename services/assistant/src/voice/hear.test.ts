import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
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

  it('S13: is at least what its bytes take, whatever it says', () => {
    const lying = Buffer.concat([
      Buffer.from('OpusHead'),
      Buffer.alloc(6_400_000),
      Buffer.from('OggS'),
      Buffer.alloc(24),
    ])
    expect(audioSeconds(lying)).toBeGreaterThan(100)
    const bytes = fc
      .uint8Array({ maxLength: 60 })
      .map((it) => Buffer.concat([Buffer.from('OpusHead'), it, Buffer.from('OggS'), it]))
    fc.assert(fc.property(bytes, (it) => expect(audioSeconds(it)).toBeGreaterThan(0)))
  })
})
