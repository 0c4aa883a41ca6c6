import { expect, it } from '@jest/globals'
import { tallyJest } from './jest-report.ts'

it('counts a file that did not load as a failure', () => {
  const json = JSON.stringify({
    numPassedTests: 3,
    numFailedTests: 1,
    testResults: [
      { name: 'a.test.ts', status: 'passed', message: '', assertionResults: [{ status: 'passed' }] },
      { name: 'b.test.ts', status: 'failed', message: '● b', assertionResults: [{ status: 'failed' }] },
      { name: 'c.test.ts', status: 'failed', message: 'no module', assertionResults: [] },
    ],
  })
  expect(tallyJest(json)).toEqual({
    passed: 3,
    failed: 2,
    failures: ['b.test.ts\n● b', 'c.test.ts\nno module'],
  })
})
