import { describe, expect, it } from '@jest/globals'
import { FAULTS } from './catalogue/index.ts'
import { mixOf } from './catalogue/mix.ts'
import { readArguments } from './options.ts'

const read = (line: string) => readArguments(line.split(' ').filter(Boolean), '/histories')

describe('npm run faults', () => {
  it.each([
    ['', { do: 'help' }],
    ['list', { do: 'list' }],
    ['check a.jsonl b.jsonl', { do: 'check', files: ['a.jsonl', 'b.jsonl'] }],
    [
      'kill-assistant --seed 7 --seconds 30',
      {
        do: 'run',
        faults: ['kill-assistant'],
        seed: 7,
        seconds: 30,
        perSecond: 50,
        drivers: 300,
        soakMinutes: 0,
      },
    ],
    ['soak --minutes 5', { do: 'run', faults: [], soakMinutes: 5 }],
    ['mix --history elsewhere', { do: 'run', faults: ['mix'], historyDir: 'elsewhere' }],
  ])('%s', (line, command) => {
    expect(read(line)).toMatchObject(command)
  })

  it('all are all', () => {
    expect(read('all')).toMatchObject({ faults: FAULTS.map(({ name }) => name) })
  })

  it.each([
    ['kill-everybody', /no fault called kill-everybody/],
    ['all --seed -1', /--seed/],
    ['all --rate 100000', /from 1 to 1000/],
    ['check', /Which histories/],
    ['all --force', /--force/],
  ])('%s says what is allowed', (line, sentence) => {
    expect(() => read(line)).toThrow(sentence)
  })

  it('every fault has a name of its own', () => {
    expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length)
  })

  it('a mix is the same for the same seed', () => {
    expect([mixOf(3).what, mixOf(4).what]).toEqual([mixOf(3).what, expect.not.stringMatching(mixOf(3).what)])
  })
})
