import { expect, it } from '@jest/globals'
import { CONTROLS } from './security/controls.ts'
import { API_RISKS, LLM_RISKS } from './security/owasp.ts'
import { testsByNumber } from './security/proofs.ts'
import { THREATS } from './security/threats.ts'

const tests = testsByNumber()
const without = (numbers: readonly string[]) => numbers.filter((it) => !tests.has(it))

it('S35: every number of the checklist has a test that names it', () => {
  expect(without(Object.keys(CONTROLS))).toEqual([])
})

it('S35: whatever answers a threat or a risk has a test that names it', () => {
  const answers = [...Object.values(THREATS).flat(), ...API_RISKS, ...LLM_RISKS].flatMap(({ by }) => by)
  expect(without(answers)).toEqual([])
})

it('S35: no test names a number that is not on the checklist', () => {
  const unknown = [...tests.keys()].filter((it) => it.startsWith('S') && !Object.hasOwn(CONTROLS, it))
  expect(unknown).toEqual([])
})
