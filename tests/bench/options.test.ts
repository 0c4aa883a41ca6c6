import { describe, expect, it } from '@jest/globals'
import { readArguments } from './options.ts'

const read = (line: string) => readArguments(line.split(' ').filter(Boolean), ['B1', 'B2', 'C1'])

describe('npm run bench', () => {
  it.each([
    ['', { do: 'run', only: [], isLong: false, isWritten: false, jsonFile: undefined, against: undefined }],
    ['--only B1,C1 --long', { do: 'run', only: ['B1', 'C1'], isLong: true }],
    ['--json out.json --write', { do: 'run', jsonFile: 'out.json', isWritten: true }],
    ['--against HEAD~1', { do: 'run', against: 'HEAD~1' }],
    ['--compare a.json b.json', { do: 'compare', files: ['a.json', 'b.json'] }],
    ['-h', { do: 'help' }],
  ])('%s', (line, command) => {
    expect(read(line)).toMatchObject(command)
  })

  it.each([
    ['--only B9', /There is no B9, only B1, B2, C1/],
    ['--compare a.json', /Which two/],
    ['B1', /What is B1/],
    ['--fast', /--fast/],
  ])('%s says what is allowed', (line, sentence) => {
    expect(() => read(line)).toThrow(sentence)
  })
})
