import { expect, it } from '@jest/globals'
import { MediaError, type Medium } from '@waybill/whatsapp'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { readMedia } from './read-media.ts'

const log = pino({ level: 'silent' })
const medium: Medium = { bytes: new Uint8Array(1), contentType: 'image/jpeg', extension: 'jpg', sha256: 'ab' }
const request = (mediaId: string) => ({ mediaId, bytesMax: 10, contentTypes: ['image/jpeg'] })
const never = new AbortController().signal

it('reads a few files at once, and every one in its turn', async () => {
  const gates = new Map<string, PromiseWithResolvers<void>>()
  using media = readMedia({
    api: {
      async download({ mediaId }) {
        const gate = Promise.withResolvers<void>()
        gates.set(mediaId, gate)
        await gate.promise
        if (mediaId === '2') throw new MediaError('gone', 'gone')
        return medium
      },
    },
    ...{ timeoutMs: 10_000, registry: new Registry(), log },
  })
  const reads = Array.from({ length: 9 }, (_, n) =>
    media.download(request(String(n)), never).catch(() => 'failed'),
  )
  await Promise.resolve()
  expect([...gates.keys()]).toEqual(['0', '1', '2', '3', '4', '5'])
  gates.get('2')?.resolve()
  await reads[2]
  expect([...gates.keys()].at(-1)).toBe('6')
  for (let n = 0; n < 9; n++) {
    gates.get(String(n))?.resolve()
    await reads[n]
  }
  expect(await Promise.all(reads)).toEqual(reads.map((_, n) => (n === 2 ? 'failed' : medium)))
})
