import { readFileSync } from 'node:fs'
import { expect, it, jest } from '@jest/globals'
import { MODEL_FILE } from '../src/classifier/classifiers.ts'
import { writeModel } from '../training/model-file.ts'
import { train } from '../training/train.ts'

jest.setTimeout(180_000)

it('makes the model again, byte for byte', () => {
  expect(writeModel(train()) === readFileSync(MODEL_FILE, 'utf8')).toBe(true)
})
