import { expect, it } from '@jest/globals'
import { KINDS, readTestArgs } from './checks.ts'

it.each([
  [[], KINDS, []],
  [['e2e', 'lint'], ['lint', 'e2e'], []],
  [['unit', 'lanes', '-t', 'P2'], ['unit'], ['lanes', '-t', 'P2']],
])('reads %j', (args, kinds, jestPatterns) => {
  expect(readTestArgs(args)).toEqual({ kinds, jestPatterns })
})

it('says which checks there are', () => {
  expect(() => readTestArgs(['units'])).toThrow(
    'There is no check called units. npm test -- [lint|types|unit|int|e2e]…',
  )
})
