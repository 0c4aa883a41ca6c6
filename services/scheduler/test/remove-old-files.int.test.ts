import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { removeOldFiles } from '../src/remove-old-files.ts'

const DAY_MS = 86_400_000
const forever = new AbortController().signal
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waybill-media-'))
  await mkdir(join(folder, 'ab'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function put(name: string, days: number): Promise<void> {
  const at = new Date(Date.now() - days * DAY_MS)
  await writeFile(join(folder, 'ab', name), 'a photo')
  await utimes(join(folder, 'ab', name), at, at)
}
const left = async () => (await readdir(join(folder, 'ab'))).sort()
const remove = (signal = forever) => removeOldFiles(folder, Date.now() - 90 * DAY_MS, signal)

it('S18: removes files of drivers that are older than they are to be kept, and no others', async () => {
  await put('old.jpg', 91)
  await put('half-written.jpg.1234', 91)
  await put('removed by one who died.jpg.leaving', 91)
  await put('young.jpg', 89)
  await put('renewed meanwhile.jpg.leaving', 89)
  await writeFile(join(folder, 'note.txt'), 'not a file of a driver')
  await utimes(join(folder, 'note.txt'), 0, 0)
  expect(await remove()).toBe(3)
  expect([await left(), (await readdir(folder)).sort()]).toEqual([
    ['renewed meanwhile.jpg', 'young.jpg'],
    ['ab', 'note.txt'],
  ])
  expect(await remove()).toBe(0)
})

it('S18: removes each once, from two schedulers at once', async () => {
  for (let n = 0; n < 100; n += 1) await put(`${n}.jpg`, 91)
  const removed = await Promise.all([remove(), remove()])
  expect(removed[0] + removed[1]).toBe(100)
  expect(await left()).toEqual([])
})

it('has nothing to do where there is no folder, and stops when it is told to', async () => {
  await put('old.jpg', 91)
  expect(await remove(AbortSignal.abort())).toBe(0)
  await rm(folder, { recursive: true })
  expect(await remove()).toBe(0)
})
