import { execFileSync } from 'node:child_process'
import { mkdtempDisposableSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, jest } from '@jest/globals'
import { MODEL_FILE } from '../src/classifier/classifiers.ts'

jest.setTimeout(180_000)

const MAIN = fileURLToPath(new URL('../training/main.ts', import.meta.url))

// As a process of its own: within Jest the same takes ten times as long.
it('makes the model again, byte for byte', () => {
  using dir = mkdtempDisposableSync(join(tmpdir(), 'training-'))
  const file = join(dir.path, 'classifiers.json')
  execFileSync(process.execPath, ['--conditions=@waybill/source', MAIN, 'train', file])
  expect(readFileSync(file, 'utf8') === readFileSync(MODEL_FILE, 'utf8')).toBe(true)
})
