import { Duplex } from 'node:stream'
import { expect, it } from '@jest/globals'
import { coalesceWrites } from './coalesce-writes.ts'

type Callback = (error?: Error | null) => void

class Wire extends Duplex {
  readonly calls: number[] = []
  override _read() {}
  override _write(_chunk: Buffer, _encoding: BufferEncoding, done: Callback) {
    this.calls.push(1)
    done()
  }
  override _writev(chunks: { chunk: Buffer; encoding: BufferEncoding }[], done: Callback) {
    this.calls.push(chunks.length)
    done()
  }
}

const rounds = async (count: number) => {
  for (let round = 0; round < count; round += 1) await new Promise(setImmediate)
}

it('sends in one call what is written in one round of the event loop, also by its immediates', async () => {
  const wire = new Wire()
  const beforeWrite = coalesceWrites(wire)
  for (const message of ['a', 'b', 'c']) {
    beforeWrite()
    setImmediate(() => wire.write(message))
  }
  await rounds(3)
  expect(wire.calls).toEqual([3])

  beforeWrite()
  wire.write('d')
  await rounds(3)
  expect(wire.calls).toEqual([3, 1])
})
