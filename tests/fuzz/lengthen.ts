import { appendFileSync } from 'node:fs'
import { env } from 'node:process'
import { expect } from '@jest/globals'
import fc from 'fast-check'

// Before each file of tests: its properties run for a time, each time with other cases, and say how many it were.
const { FUZZ_MS, FUZZ_SEED, FUZZ_REPORT = '' } = env

fc.configureGlobal({
  numRuns: Number.MAX_SAFE_INTEGER,
  interruptAfterTimeLimit: Number(FUZZ_MS),
  seed: Number(FUZZ_SEED),
  reporter(details) {
    const { currentTestName, testPath } = expect.getState()
    const line = { name: currentTestName, testPath, numRuns: details.numRuns, failed: details.failed }
    appendFileSync(FUZZ_REPORT, `${JSON.stringify(line)}\n`)
    if (details.failed) throw new Error(fc.defaultReportMessage(details))
  },
})
