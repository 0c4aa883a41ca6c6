import { expect, it } from '@jest/globals'
import { alternate } from './alternate.ts'

it('runs the arms in turn, and leaves the first round of each out', async () => {
  const ran: string[] = []
  const arm = (name: string) => async () => `${name}${ran.push(name)}`
  const seen = await alternate(2, { a: arm('a'), b: arm('b') })
  expect(ran.join('')).toBe('ababab')
  expect(seen('a')).toEqual(['a3', 'a5'])
  expect(seen('b')).toEqual(['b4', 'b6'])
})
