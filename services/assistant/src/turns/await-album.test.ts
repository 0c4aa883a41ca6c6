import { expect, it } from '@jest/globals'
import { albumWaitMs } from './await-album.ts'

const now = 100_000
const photo = (ageMs: number, attempts = 1) => ({ kind: 'image', sentAt: now - ageMs, attempts })
const text = (ageMs: number) => ({ kind: 'text', sentAt: now - ageMs, attempts: 1 })

it.each([
  ['a photo of just now', [photo(500)], 1_500],
  ['the newest of several', [photo(1_500), photo(300)], 1_700],
  ['a clock that is ahead', [photo(-60_000)], 2_000],
  ['an old one', [photo(2_000)], 0],
  ['words', [text(0)], 0],
  ['words after it: the album is over', [photo(500), text(100)], 0],
  ['one that was tried before', [photo(500, 2)], 0],
  ['an album that does not end', [photo(6_500), photo(100)], 0],
])('waits for the rest of an album: %s', (_what, messages, expected) => {
  expect(albumWaitMs(messages, { now, quietMs: 2_000 })).toBe(expected)
})
